# Sourced by the other scripts, which print a line for each step, with its seconds.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=$root/.tools
mkdir -p "$tools/tmp" "$tools/bin"
export TMPDIR=$tools/tmp PIP_CACHE_DIR=$tools/cache/pip PIP_DISABLE_PIP_VERSION_CHECK=1

# If TLS is intercepted, only some of the tools know the certificate authority; this configures all.
for bundle in "${NODE_EXTRA_CA_CERTS:-}" "${SSL_CERT_FILE:-}" /etc/ssl/certs/ca-certificates.crt \
  /etc/pki/tls/certs/ca-bundle.crt; do
  [ -n "$bundle" ] && [ -r "$bundle" ] || continue
  export NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS:-$bundle}"
  export SSL_CERT_FILE="${SSL_CERT_FILE:-$bundle}"
  export PIP_CERT="${PIP_CERT:-$bundle}"
  break
done

say() { printf '%s\n' "$*"; }

stop() {
  printf '%s\n' "$@" >&2
  exit 1
}

# step TITLE COMMAND…: runs the command; on failure prints its output and fails.
step() {
  local title=$1 log ticker rc=0 start=$SECONDS
  shift
  log=$(mktemp "$tools/tmp/step.XXXXXX")
  say "$title …"
  (
    waited=0
    while sleep 1 >/dev/null 2>&1; do
      waited=$((waited + 1))
      [ $((waited % 15)) -ne 0 ] || say "  … $waited s"
    done
  ) &
  ticker=$!
  NO_COLOR=1 "$@" >"$log" 2>&1 </dev/null || rc=$?
  kill "$ticker" 2>/dev/null && wait "$ticker" 2>/dev/null || true
  if [ "$rc" -eq 0 ]; then
    say "  done, $((SECONDS - start)) s"
  else
    # Hides the hosts of the machine's registries.
    sed -E 's#(https?://)[^/ ]+#\1…#g' "$log"
    say "  failed, $((SECONDS - start)) s"
  fi
  rm -f "$log"
  return "$rc"
}

# answer QUESTION COMMAND…: prints yes or no, and returns the command's status; hides its output.
answer() {
  local question=$1 rc=0 start=$SECONDS
  shift
  "$@" >/dev/null 2>&1 </dev/null || rc=$?
  if [ "$rc" -eq 0 ]; then say "$question yes, $((SECONDS - start)) s"
  else say "$question no, $((SECONDS - start)) s"; fi
  return "$rc"
}

# within SECONDS COMMAND…: runs the command; kills it after the time and fails.
within() {
  local seconds=$1 pid rc=0 timer
  shift
  "$@" &
  pid=$!
  (sleep "$seconds" && kill "$pid") >/dev/null 2>&1 &
  timer=$!
  wait "$pid" || rc=$?
  kill "$timer" 2>/dev/null && wait "$timer" 2>/dev/null || true
  return "$rc"
}

# sha256 FILE…: prints the digest of the files' concatenated bytes.
sha256() {
  if command -v sha256sum >/dev/null; then cat -- "$@" | sha256sum | cut -d' ' -f1
  elif command -v shasum >/dev/null; then cat -- "$@" | shasum -a 256 | cut -d' ' -f1
  else cat -- "$@" | openssl dgst -sha256 -r | cut -d' ' -f1; fi
}
