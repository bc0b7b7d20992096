// A bundle that fails where nobody looks, before it serves.
Promise.reject(new Error("nobody caught me"));
await new Promise(() => setTimeout(() => {}, 60_000));
