// Divides GitHub's description of REST into one file for each path, as JSON Schema: OpenAPI 3.0 says `nullable`
// where JSON Schema says null, and carries examples that nobody needs here.
const fs = require("fs");
const whole = JSON.parse(fs.readFileSync("package/generated/api.github.com.json", "utf8"));
const follow = (node) => {
  while (node && node.$ref) node = node.$ref.slice(2).split("/").reduce((at, key) => at[key], whole);
  return node;
};
const convert = (node) => {
  if (Array.isArray(node)) return node.map(convert);
  if (node === null || typeof node !== "object") return node;
  const out = {};
  for (const [key, value] of Object.entries(node)) {
    if (["nullable", "example", "examples", "description", "discriminator", "xml", "externalDocs"].includes(key)
      && (key !== "description" && key !== "example" && key !== "examples" || typeof value !== "object" || !value.type && !value.$ref)) continue;
    out[key] = key === "enum" || key === "default" || key === "const" ? value : convert(value);
  }
  if (node.nullable === true) {
    if (out.enum) out.enum = [...out.enum, null];
    if (typeof out.type === "string") out.type = [out.type, "null"];
    else return { anyOf: [out, { type: "null" }] };
  }
  return out;
};
const schemas = Object.fromEntries(Object.entries(whole.components.schemas).map(([name, schema]) => [name, convert(schema)]));
const collect = (node, into) => {
  if (Array.isArray(node)) return node.forEach((one) => collect(one, into));
  if (node === null || typeof node !== "object") return;
  if (typeof node.$ref === "string") {
    const name = node.$ref.split("/").pop();
    if (!into.has(name)) { into.add(name); collect(schemas[name], into); }
  }
  Object.values(node).forEach((one) => collect(one, into));
};
const json = (content) => content && content["application/json"] && convert(content["application/json"].schema);
fs.mkdirSync("paths");
for (const [path, item] of Object.entries(whole.paths)) {
  const out = {};
  for (const method of ["get", "post", "put", "patch", "delete"]) {
    const operation = item[method];
    if (!operation) continue;
    const parameters = [...(item.parameters || []), ...(operation.parameters || [])].map(follow);
    const body = follow(operation.requestBody);
    const responses = {};
    for (const [status, response] of Object.entries(operation.responses)) {
      responses[status] = json(follow(response).content) || null;
    }
    out[method] = {
      query: parameters.filter((one) => one.in === "query").map((one) => one.name),
      request: (body && json(body.content)) || null,
      responses,
    };
  }
  const used = new Set(["basic-error", "validation-error", "validation-error-simple"]);
  collect(out, used);
  used.forEach((name) => collect(schemas[name], used));
  out.components = { schemas: Object.fromEntries([...used].map((name) => [name, schemas[name]])) };
  fs.writeFileSync("paths/" + path.replace(/\//g, "~") + ".json", JSON.stringify(out));
}
fs.mkdirSync("webhooks");
for (const [name, item] of Object.entries(whole["x-webhooks"])) {
  const schema = json(follow(item.post.requestBody).content);
  const used = new Set();
  collect(schema, used);
  used.forEach((one) => collect(schemas[one], used));
  const components = { schemas: Object.fromEntries([...used].map((one) => [one, schemas[one]])) };
  fs.writeFileSync("webhooks/" + name + ".json", JSON.stringify({ schema, components }));
}
fs.rmSync("package", { recursive: true });
