// A bundle that goes on failing in a timer, before it serves.
let times = 0;
await new Promise(() =>
  setInterval(() => {
    throw new Error(`thrown in a timer, time ${++times}`);
  }, 1)
);
