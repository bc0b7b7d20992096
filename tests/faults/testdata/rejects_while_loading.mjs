// A bundle that fails where nobody looks, before it serves.
Promise.reject(new Error("never caught"));
await new Promise(() => setTimeout(() => {}, 60_000));
