/** A log channel that writes into memory. */
import { LogChannel } from "../../../src/supervisor/log_channel.ts";
import { LogLevelFilter } from "../../../src/supervisor/log_level.ts";

/** Returns a channel that appends its writes to `chunks`; a write has one or more lines. */
export function channelInto(chunks: string[]): LogChannel {
  const transport = {
    read: () => Promise.resolve(null),
    write: (bytes: Uint8Array) => {
      chunks.push(new TextDecoder().decode(bytes));
      return Promise.resolve(bytes.length);
    },
    close: () => {},
  };
  return new LogChannel(transport, new LogLevelFilter());
}
