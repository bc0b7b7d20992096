/**
 * Airflow's connection of type `aws`, as its Amazon provider reads it.
 *
 * @module
 */
import { StoreFailure } from "./store.ts";
import type { Connection } from "./task_runtime.ts";
import { fieldsIn } from "../values.ts";

const DEFAULT_REGION = "us-east-1";

/** How to log in. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken: string | undefined;
}

/** Where the service is, and how to log in. */
export interface S3Settings {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly region: string;
  /** Undefined: requests are not signed. */
  readonly credentials: Credentials | undefined;
  /** Whether the bucket stands in the host's name and not in the path. */
  readonly virtualHosts: boolean;
}

/** Without a connection: what is public on AWS. */
export const PUBLIC: S3Settings = {
  endpoint: awsEndpoint(DEFAULT_REGION),
  region: DEFAULT_REGION,
  credentials: undefined,
  virtualHosts: false,
};

/**
 * What a connection says of S3.
 *
 * @throws {StoreFailure} `UNSUPPORTED` for ways to log in that need more than a key, `INVALID` for
 * what fits no connection of AWS
 */
export function settingsOf({ connId, login, password, extra }: Connection): S3Settings {
  const refuse = (what: string): StoreFailure =>
    new StoreFailure("UNSUPPORTED", `connection "${connId}" ${what}`);
  for (const field of ["role_arn", "profile_name"]) {
    if (textAt(extra, field) !== undefined) {
      throw refuse(`has ${field}, which is not supported; give it an access key`);
    }
  }
  if (extra["verify"] === false) {
    throw refuse("has verify: false; trust the server's certificate instead (DENO_CERT)");
  }
  const config = fieldsIn(extra["config_kwargs"]);
  const service = fieldsIn(fieldsIn(extra["service_config"])["s3"]);
  const region = textAt(service, "region_name") ?? textAt(extra, "region_name") ??
    textAt(fieldsIn(extra["session_kwargs"]), "region_name") ?? textAt(config, "region_name") ??
    DEFAULT_REGION;
  const endpoint = textAt(service, "endpoint_url") ?? textAt(extra, "endpoint_url") ??
    textAt(extra, "host") ?? awsEndpoint(region);
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw new StoreFailure("INVALID", `connection "${connId}": "${endpoint}" is no endpoint_url`);
  }
  const unsigned = textAt(config, "signature_version") === "unsigned";
  return {
    endpoint: endpoint.replace(/\/+$/, ""),
    region,
    credentials: unsigned ? undefined : credentialsOf(connId, login, password, extra),
    virtualHosts: textAt(fieldsIn(config["s3"]), "addressing_style") === "virtual",
  };
}

/** Login and password first, then the fields of the extra, in the order of the provider. */
function credentialsOf(
  connId: string,
  login: string | null,
  password: string | null,
  extra: Fields,
): Credentials | undefined {
  const session = fieldsIn(extra["session_kwargs"]);
  const own = {
    aws_access_key_id: login || undefined,
    aws_secret_access_key: password || undefined,
  };
  for (const source of [own, extra, session]) {
    const accessKeyId = textAt(source, "aws_access_key_id");
    const secretAccessKey = textAt(source, "aws_secret_access_key");
    if (accessKeyId === undefined || secretAccessKey === undefined) continue;
    const token = textAt(extra, "aws_session_token") ?? textAt(session, "aws_session_token");
    return { accessKeyId, secretAccessKey, sessionToken: token };
  }
  if (own.aws_access_key_id !== undefined || own.aws_secret_access_key !== undefined) {
    const missing = own.aws_access_key_id === undefined ? "login" : "password";
    throw new StoreFailure("INVALID", `connection "${connId}" has no ${missing}`);
  }
  return undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function textAt(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function awsEndpoint(region: string): string {
  return `https://s3.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}
