// A module whose author forgot serve().
export const extract = () => 42;
