/**
 * The shell code of the exit helper, for both places that start one.
 *
 * @module
 */

/** Ends when the kernel shows process `$pid` as a zombie with all its threads gone, or not at all. */
function untilReapable(seconds: string, most: string): string {
  return `n=0; while ${most} read -r stat </proc/$pid/stat; do set -- /proc/$pid/task/*; ` +
    `case "$#\${stat##*)}" in "1 Z "*) break;; esac; sleep ${seconds}; done 2>/dev/null`;
}

/**
 * Waits for the end of stdin, whose other end process `$pid` holds, then until that can be reaped: some
 * microseconds as a rule, one second at most. Without /proc it waits 20 ms.
 */
export const AFTER_STDIN: string = "read -r _; [ -d /proc/self ] || sleep 0.02; " +
  untilReapable("0.001", "[ $((n += 1)) -lt 1000 ] &&");

/** Waits until process `$pid` can be reaped, and looks five times a second. */
export const BY_POLLING: string = untilReapable("0.2", "");
