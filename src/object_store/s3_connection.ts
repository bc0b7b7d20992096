/**
 * Reads Airflow's connections of type `aws` as the Amazon provider does.
 *
 * @module
 */
import { StoreFailure } from "./store.ts";
import type { Connection } from "./task_runtime.ts";
import { fieldsIn } from "../values.ts";

const DEFAULT_REGION = "us-east-1";

/** An access key. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The session token of temporary credentials. */
  readonly sessionToken: string | undefined;
}

/** The address and the credentials of a service. */
export interface S3Settings {
  /** The URL without a trailing slash. */
  readonly endpoint: string;
  readonly region: string;
  /** Undefined for unsigned requests. */
  readonly credentials: Credentials | undefined;
  /** True if the bucket is part of the host name instead of the path. */
  readonly virtualHosts: boolean;
}

/** The settings without a connection, for public buckets on AWS. */
export const PUBLIC: S3Settings = {
  endpoint: awsEndpoint(DEFAULT_REGION),
  region: DEFAULT_REGION,
  credentials: undefined,
  virtualHosts: false,
};

/**
 * Returns the settings of a connection.
 *
 * @throws {StoreFailure} `UNSUPPORTED` for credentials that need more than a key, `INVALID` for a
 * malformed connection
 */
export function settingsOf({ connId, login, password, extra }: Connection): S3Settings {
  const refuse = (what: string): StoreFailure =>
    new StoreFailure("UNSUPPORTED", `connection "${connId}" ${what}`);
  for (const field of ["role_arn", "profile_name"]) {
    if (textAt(extra, field) !== undefined) {
      throw refuse(`has ${field}, which is not supported. Set an access key instead`);
    }
  }
  if (extra["verify"] === false) {
    throw refuse(
      "has verify: false, which is not supported. Trust the certificate with DENO_CERT instead",
    );
  }
  const config = fieldsIn(extra["config_kwargs"]);
  const service = fieldsIn(fieldsIn(extra["service_config"])["s3"]);
  const region = textAt(service, "region_name") ?? textAt(extra, "region_name") ??
    textAt(fieldsIn(extra["session_kwargs"]), "region_name") ?? textAt(config, "region_name") ??
    DEFAULT_REGION;
  const endpoint = textAt(service, "endpoint_url") ?? textAt(extra, "endpoint_url") ??
    textAt(extra, "host") ?? awsEndpoint(region);
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw new StoreFailure(
      "INVALID",
      `connection "${connId}": endpoint_url must be an HTTP URL, got "${endpoint}"`,
    );
  }
  const unsigned = textAt(config, "signature_version") === "unsigned";
  return {
    endpoint: endpoint.replace(/\/+$/, ""),
    region,
    credentials: unsigned ? undefined : credentialsOf(connId, login, password, extra),
    virtualHosts: textAt(fieldsIn(config["s3"]), "addressing_style") === "virtual",
  };
}

/** Returns the first key of login and password and the fields of the extra, as the provider does. */
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
