// Log fields that harm what shows them.

/** Fields by what is wrong with them. */
export function hostileFields(): Map<string, Record<string, unknown>> {
  const cycle: Record<string, unknown> = { name: "a" };
  cycle["self"] = { cycle };
  const shared = Array.from({ length: 40 }).reduce<unknown>((inner) => [inner, inner], "x");
  const broken = new Proxy({}, {
    get: () => {
      throw new Error("get trap");
    },
    ownKeys: () => {
      throw new Error("ownKeys trap");
    },
    getPrototypeOf: () => {
      throw new Error("prototype trap");
    },
  });
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const endless = new Map();
  endless[Symbol.iterator] = function* (): MapIterator<[string, number]> {
    for (let i = 0;; i++) yield [`key ${i}`, i];
  };
  const errors = [new Error("one", { cause: new Error("two") })];
  const aggregate = new AggregateError(errors, "all");
  for (let i = 0; i < 9; i++) aggregate.errors.push(aggregate, new Error("x".repeat(1_000_000)));
  return new Map<string, Record<string, unknown>>([
    ["reserved names", { msg: 1, target: 2, self: 3, method_name: 4, positional_args: 5, stack: 6 }],
    ["own names", { level: "x", event: "y", timestamp: "never", logger: 1, exception: [] }],
    ["odd names", { "": 1, __proto__: 2, "\ud800": 3, "line\nfeed": 4, constructor: 5 }],
    ["a getter that throws", {
      get fine() {
        throw new Error("in the getter");
      },
    }],
    ["a getter that throws nonsense", {
      get fine() {
        throw broken;
      },
    }],
    ["cycles", { cycle, list: [cycle, cycle] }],
    ["what holds itself many times", { shared }],
    ["bigint and symbol", { big: 2n ** 200n, symbol: Symbol("s"), list: [1n, Symbol.iterator] }],
    ["lone surrogates", { text: "a\ud800b\udfff", list: ["\udead"] }],
    ["numbers", { list: [NaN, Infinity, -0, 1e308] }],
    ["proxies", { broken, revoked, list: [broken, revoked] }],
    ["toJSON", {
      date: {
        toJSON: () => {
          throw new Error("in toJSON");
        },
      },
    }],
    ["no end", { endless }],
    ["10 MB", { text: "x".repeat(10_000_000), control: "\u0001".repeat(10_000_000) }],
    ["many long texts", { list: Array.from({ length: 100 }, () => "\u0001".repeat(300_000)) }],
    ["an error of errors", { error: aggregate }],
    ["functions", { call: () => 1, type: class {} }],
  ]);
}
