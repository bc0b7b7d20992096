// A module whose author forgot serve().
//# airflowMetadata={"permissions":{}}
export const extract = () => 42;
