/**
 * The npm packages that packed bundles are tested with. Adding one is one line.
 *
 * @module
 */

/** A package and a use of it in a task. */
export interface PackageTrial {
  /** The package with its exact version. */
  readonly name: string;
  /** A description of the use, for docs/npm-packages.md. */
  readonly about: string;
  /** The body of an async function with the package as `m`; it returns the result. */
  readonly code: string;
  /** The expected result. */
  readonly result: unknown;
  /** Permissions that the bundle declares. */
  readonly permissions?: Readonly<Record<string, readonly string[] | true>>;
}

const LOOPBACK = { net: ["127.0.0.1"] } as const;
/** The permissions of packages that also read the machine's name, users or number of cores. */
const SYSTEM = { ...LOOPBACK, sys: true } as const;

/** Makes a trial; `code` may be an expression. */
function trial(
  name: string,
  about: string,
  code: string,
  result: unknown,
  permissions: PackageTrial["permissions"] = {},
): PackageTrial {
  return {
    name,
    about,
    code: code.includes("return ") ? code : `return ${code};`,
    result,
    permissions,
  };
}

/**
 * Makes a trial of a client that connects to a closed port. The error code of the refused connection
 * shows that the package's own network code ran.
 */
function client(
  name: string,
  code: string,
  result: unknown = "ECONNREFUSED",
  permissions: PackageTrial["permissions"] = LOOPBACK,
): PackageTrial {
  const use = `return await codeOf(async () => { ${code} });`;
  return trial(name, "connects to a closed port", use, result, permissions);
}

/** The packages, grouped by their use in pipelines. */
export const PACKAGES: Readonly<Record<string, readonly PackageTrial[]>> = {
  "Databases and caches": [
    client("pg@8.23.1", "await new m.default.Client({ host: '127.0.0.1', port: 1 }).connect();"),
    client(
      "postgres@3.4.9",
      "await m.default({ host: '127.0.0.1', port: 1, connect_timeout: 1 })`select 1`;",
    ),
    client(
      "mysql2@3.24.6",
      "await (await import('npm:mysql2@3.24.6/promise')).createConnection({ host: '127.0.0.1', port: 1 });",
    ),
    client(
      "mariadb@3.5.4",
      "await m.createConnection({ host: '127.0.0.1', port: 1, connectTimeout: 500 });",
      "ECONNREFUSED",
      SYSTEM,
    ),
    client(
      "ioredis@5.11.1",
      "const c = new m.Redis({ host: '127.0.0.1', port: 1, lazyConnect: true, retryStrategy: null }); c.on('error', () => {}); await c.connect();",
      "Connection is closed.",
    ),
    client(
      "redis@5.12.1",
      "await m.createClient({ socket: { host: '127.0.0.1', port: 1, reconnectStrategy: false } }).on('error', () => {}).connect();",
    ),
    client(
      "mongodb@6.22.0",
      "await new m.MongoClient('mongodb://127.0.0.1:1', { serverSelectionTimeoutMS: 200 }).connect();",
      "MongoServerSelectionError",
      SYSTEM,
    ),
    client(
      "mssql@11.0.2",
      "await m.default.connect({ server: '127.0.0.1', port: 1, user: 'a', password: 'b' });",
      "ESOCKET",
    ),
    client(
      "neo4j-driver@5.28.3",
      "await m.default.driver('bolt://127.0.0.1:1').getServerInfo();",
      "ServiceUnavailable",
      SYSTEM,
    ),
    client(
      "cassandra-driver@4.10.0",
      "await new m.default.Client({ contactPoints: ['127.0.0.1:1'], localDataCenter: 'a' }).connect();",
      "NoHostAvailableError",
    ),
    client(
      "@clickhouse/client@1.23.1",
      "await m.createClient({ url: 'http://127.0.0.1:1' }).query({ query: 'select 1' });",
    ),
    client(
      "@elastic/elasticsearch@9.5.1",
      "await new m.Client({ node: 'http://127.0.0.1:1', maxRetries: 0 }).ping();",
      "ConnectionError",
      SYSTEM,
    ),
    client(
      "@opensearch-project/opensearch@3.9.0",
      "await new m.Client({ node: 'http://127.0.0.1:1', maxRetries: 0 }).ping();",
      "ConnectionError",
      SYSTEM,
    ),
    trial(
      "knex@3.3.0",
      "builds SQL",
      "m.default({ client: 'pg' })('t').where('a', 1).toString()",
      'select * from "t" where "a" = 1',
    ),
    trial("drizzle-orm@0.44.7", "builds SQL", "m.sql`a = ${1}`.queryChunks.length", 3),
    trial(
      "kysely@0.28.19",
      "builds SQL",
      "const db = new m.Kysely({ dialect: { createAdapter: () => new m.PostgresAdapter(), createDriver: () => new m.DummyDriver(), createIntrospector: (db) => new m.PostgresIntrospector(db), createQueryCompiler: () => new m.PostgresQueryCompiler() } }); return db.selectFrom('t').selectAll().compile().sql;",
      'select * from "t"',
    ),
    trial(
      "sequelize@6.37.8",
      "makes a literal; optional drivers are missing",
      "m.Sequelize.literal('now()').val",
      "now()",
    ),
    trial(
      "typeorm@0.3.31",
      "describes an entity",
      "new m.EntitySchema({ name: 'T', columns: {} }).options.name",
      "T",
    ),
  ],
  "Clouds": [
    trial(
      "@aws-sdk/client-s3@3.1175.0",
      "signs a request to a local server",
      "return await served(async (endpoint) => (await new m.S3Client({ endpoint, region: 'eu', forcePathStyle: true, credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }).send(new m.HeadBucketCommand({ Bucket: 'b' }))).$metadata.httpStatusCode);",
      200,
      SYSTEM,
    ),
    trial(
      "@aws-sdk/client-sqs@3.1175.0",
      "builds a command",
      "new m.SendMessageCommand({ QueueUrl: 'q', MessageBody: 'b' }).input.MessageBody",
      "b",
    ),
    trial(
      "@aws-sdk/client-secrets-manager@3.1164.0",
      "builds a command",
      "new m.GetSecretValueCommand({ SecretId: 's' }).input.SecretId",
      "s",
    ),
    trial("@aws-sdk/lib-storage@3.1175.0", "loads", "typeof m.Upload", "function"),
    trial(
      "@azure/storage-blob@12.34.0",
      "names a blob",
      "new m.BlobServiceClient('http://127.0.0.1:1/a').getContainerClient('c').getBlobClient('b').url",
      "http://127.0.0.1:1/a/c/b",
      { sys: true },
    ),
    trial(
      "@google-cloud/storage@7.22.0",
      "names a file",
      "new m.Storage({ projectId: 'p' }).bucket('b').file('f').name",
      "f",
      { sys: true },
    ),
    trial(
      "@google-cloud/bigquery@8.3.1",
      "parses a date",
      "m.BigQuery.date('2026-12-01').value",
      "2026-12-01",
      { sys: true },
    ),
    trial(
      "@google-cloud/pubsub@5.3.1",
      "names a topic; its protocol files are embedded",
      "new m.PubSub({ projectId: 'p' }).topic('t').name",
      "projects/p/topics/t",
      { sys: true },
    ),
    trial(
      "google-auth-library@10.9.1",
      "makes a client",
      "new m.OAuth2Client({ clientId: 'c' })._clientId",
      "c",
      { sys: true },
    ),
  ],
  "Queues": [
    client(
      "kafkajs@2.2.4",
      "await new m.Kafka({ brokers: ['127.0.0.1:1'], logLevel: 0, retry: { retries: 0 } }).admin().connect();",
    ),
    client("amqplib@0.10.9", "await m.default.connect('amqp://127.0.0.1:1');"),
    client(
      "nats@2.29.3",
      "await m.connect({ servers: '127.0.0.1:1', reconnect: false });",
      "CONNECTION_REFUSED",
    ),
    client(
      "mqtt@5.16.0",
      "await m.default.connectAsync('mqtt://127.0.0.1:1', { reconnectPeriod: 0 });",
    ),
    trial("bullmq@5.81.5", "loads", "typeof m.Queue", "function"),
    client(
      "@grpc/grpc-js@1.14.7",
      "const c = new m.Client('127.0.0.1:1', m.credentials.createInsecure()); await new Promise((_, no) => c.waitForReady(Date.now() + 300, no));",
      "Failed to connect before the deadline",
    ),
  ],
  "HTTP": [
    trial(
      "axios@1.21.1",
      "gets JSON",
      "return await served(async (url) => (await m.default.get(url)).data.ok);",
      true,
      LOOPBACK,
    ),
    trial(
      "node-fetch@3.3.2",
      "gets JSON",
      "return await served(async (url) => (await (await m.default(url)).json()).ok);",
      true,
      LOOPBACK,
    ),
    trial(
      "got@14.6.6",
      "gets JSON",
      "return await served(async (url) => (await m.default(url).json()).ok);",
      true,
      LOOPBACK,
    ),
    trial(
      "undici@7.30.2",
      "gets JSON",
      "return await served(async (url) => { const { ok } = await (await m.request(url)).body.json(); await m.getGlobalDispatcher().close(); return ok; });",
      true,
      LOOPBACK,
    ),
    trial(
      "ky@1.14.3",
      "gets JSON",
      "return await served(async (url) => (await m.default(url).json()).ok);",
      true,
      LOOPBACK,
    ),
    trial("ws@8.23.0", "loads", "m.WebSocket.OPEN", 1),
    trial("graphql-request@7.4.0", "writes a query", "m.gql`query { a }`.trim()", "query { a }"),
  ],
  "Data and validation": [
    trial("zod@4.6.7", "parses", "m.z.object({ a: m.z.number() }).parse({ a: 1 }).a", 1),
    trial("valibot@1.5.0", "parses", "m.parse(m.object({ a: m.number() }), { a: 1 }).a", 1),
    trial("arktype@2.2.10", "parses", "m.type({ a: 'number' })({ a: 1 }).a", 1),
    trial("ajv@8.20.0", "validates", "new m.default().validate({ type: 'number' }, 1)", true),
    trial("effect@3.22.4", "runs an effect", "await m.Effect.runPromise(m.Effect.succeed(42))", 42),
    trial("lodash@4.18.1", "chunks", "m.default.chunk([1, 2, 3], 2).length", 2),
    trial("ramda@0.31.3", "sums", "m.sum([1, 2])", 3),
    trial("date-fns@4.4.0", "adds days", "m.addDays(new Date(0), 1).getTime()", 86400000),
    trial(
      "luxon@3.7.2",
      "converts a zone",
      "m.DateTime.fromISO('2026-03-29T01:30:00Z').setZone('Europe/Berlin').hour",
      3,
    ),
    trial("dayjs@1.11.23", "formats", "m.default(0).toISOString()", "1970-01-01T00:00:00.000Z"),
    trial(
      "rxjs@7.8.2",
      "reduces",
      "await m.lastValueFrom(m.of(1, 2, 3).pipe(m.reduce((a, b) => a + b)))",
      6,
    ),
    trial("p-limit@7.3.3", "limits", "await m.default(1)(() => 42)", 42),
    trial("uuid@13.0.2", "validates", "m.validate(m.v7())", true),
  ],
  "Files and formats": [
    trial(
      "csv-parse@6.2.1",
      "parses",
      "(await import('npm:csv-parse@6.2.1/sync')).parse('a,b\\n1,2').length",
      2,
    ),
    trial("papaparse@5.7.1", "parses", "m.default.parse('a,b\\n1,2').data.length", 2),
    trial(
      "exceljs@4.4.0",
      "writes and reads a workbook",
      "const w = new m.default.Workbook(); w.addWorksheet('s').addRow([42]); const again = new m.default.Workbook(); await again.xlsx.load(await w.xlsx.writeBuffer()); return again.getWorksheet('s').getCell('A1').value;",
      42,
      { sys: true },
    ),
    trial(
      "xlsx@0.18.5",
      "writes a sheet",
      "m.utils.sheet_to_csv(m.utils.aoa_to_sheet([[1, 2]]))",
      "1,2",
    ),
    trial("apache-arrow@21.2.0", "builds a table", "m.tableFromArrays({ a: [1, 2] }).numRows", 2),
    trial("hyparquet@1.33.0", "loads", "typeof m.parquetRead", "function"),
    trial(
      "pdf-lib@1.17.1",
      "makes a page",
      "const d = await m.PDFDocument.create(); d.addPage(); return (await m.PDFDocument.load(await d.save())).getPageCount();",
      1,
    ),
    trial(
      "pdfkit@0.17.2",
      "writes a page with its embedded font metrics",
      "const d = new m.default(); d.text('a'); d.end(); let n = 0; for await (const chunk of d) n += chunk.length; return n > 500;",
      true,
    ),
    trial("cheerio@1.2.0", "reads HTML", "m.load('<p>a</p>')('p').text()", "a"),
    trial(
      "jsdom@26.1.0",
      "reads HTML",
      "new m.JSDOM('<p>a</p>').window.document.querySelector('p').textContent",
      "a",
    ),
    trial("fast-xml-parser@5.12.1", "parses", "new m.XMLParser().parse('<a>1</a>').a", 1),
    trial("js-yaml@4.3.2", "parses", "m.load('a: 1').a", 1),
    trial(
      "archiver@7.0.1",
      "writes a zip",
      "const a = m.default('zip'); a.append('x', { name: 'x' }); a.finalize(); let n = 0; for await (const c of a) n += c.length; return n > 20;",
      true,
    ),
    trial(
      "adm-zip@0.5.18",
      "writes and reads a zip",
      "const z = new m.default(); z.addFile('x', Buffer.from('y')); return new m.default(z.toBuffer()).readAsText('x');",
      "y",
    ),
    trial("tar@7.5.23", "loads", "typeof m.create", "function"),
    trial(
      "handlebars@4.7.10",
      "renders a template",
      "m.default.compile('{{a}}')({ a: '<' })",
      "&lt;",
    ),
  ],
  "Other systems": [
    client(
      "nodemailer@7.0.13",
      "await m.default.createTransport({ host: '127.0.0.1', port: 1 }).sendMail({ to: 'a@b' });",
      "ESOCKET",
    ),
    client(
      "ssh2@1.17.0",
      "await new Promise((_, no) => new m.default.Client().on('error', no).connect({ host: '127.0.0.1', port: 1, username: 'u' }));",
    ),
    client(
      "ssh2-sftp-client@12.1.1",
      "await new m.default().connect({ host: '127.0.0.1', port: 1, username: 'u', retries: 1 });",
    ),
    client("basic-ftp@5.3.1", "await new m.Client().access({ host: '127.0.0.1', port: 1 });"),
    trial(
      "openai@6.49.0",
      "asks a local server",
      "return await served(async (baseURL) => (await new m.OpenAI({ baseURL, apiKey: 'k' }).models.list()).body.ok);",
      true,
      LOOPBACK,
    ),
    trial(
      "@anthropic-ai/sdk@0.68.0",
      "asks a local server",
      "return await served(async (baseURL) => (await new m.Anthropic({ baseURL, apiKey: 'k' }).messages.create({ model: 'm', max_tokens: 1, messages: [] })).ok);",
      true,
      LOOPBACK,
    ),
    trial(
      "tiktoken@1.0.22",
      "counts tokens with its embedded WebAssembly",
      "m.get_encoding('cl100k_base').encode('hello world').length",
      2,
    ),
    trial(
      "stripe@19.3.1",
      "makes a client",
      "new m.Stripe('k').getApiField('host')",
      "api.stripe.com",
    ),
    trial(
      "@slack/web-api@7.19.0",
      "makes a client",
      "new m.WebClient('t').slackApiUrl",
      "https://slack.com/api/",
      { sys: true },
    ),
    trial(
      "octokit@5.0.5",
      "makes a client",
      "typeof new m.Octokit().rest.issues.create",
      "function",
    ),
    trial(
      "pino@9.14.0",
      "logs into a stream",
      "let text = ''; m.pino({}, { write: (line) => text += line }).info('a'); return JSON.parse(text).msg;",
      "a",
      { sys: true },
    ),
    trial("winston@3.19.0", "makes a logger", "m.createLogger({ silent: true }).level", "info"),
    trial("debug@4.4.3", "makes a logger", "m.default('a').namespace", "a"),
    trial("chalk@5.6.2", "colours by level", "new m.Chalk({ level: 1 }).red('a').length", 11),
    trial(
      "jsonwebtoken@9.0.3",
      "signs and verifies",
      "m.default.verify(m.default.sign({ a: 1 }, 'k'), 'k').a",
      1,
    ),
    trial(
      "bcryptjs@3.0.3",
      "hashes",
      "m.default.compareSync('a', m.default.hashSync('a', 4))",
      true,
    ),
  ],
};

/** Returns the table of docs/npm-packages.md. */
export function packageTable(): string {
  const rows = Object.entries(PACKAGES).flatMap(([use, trials]) =>
    trials.map(({ name, about, permissions = {} }) => {
      const kinds = Object.keys(permissions).map((kind) => `\`${kind}\``).join(", ");
      return `| ${use} | ${name} | ${about} | ${kinds} |`;
    })
  );
  return [
    "| for | package | what the test's task does | declares |",
    "| --- | --- | --- | --- |",
    ...rows,
  ]
    .join("\n");
}
