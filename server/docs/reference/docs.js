"use strict";
// The reference of /docs: openapi.json as this server sends it, its examples shown with each operation.
(() => {
  const base = document.documentElement.dataset.base;
  const methods = ["get", "put", "post", "delete", "patch"];

  // References to schema files are relative to openapi.json, whatever this page's own address is.
  const absolute = (node) => {
    if (node && typeof node === "object") {
      if (typeof node.$ref === "string" && node.$ref.startsWith("schema/")) {
        node.$ref = new URL(`${base}/${node.$ref}`, location.href).href;
      }
      Object.values(node).forEach(absolute);
    }
    return node;
  };

  const withExamples = (spec) => {
    const origin = new URL(`${base}/`, location.href).href.replace(/\/$/, "");
    for (const item of Object.values(spec.paths)) {
      for (const operation of methods.map((method) => item[method]).filter(Boolean)) {
        const samples = operation["x-codeSamples"] || [];
        const shown = samples.map(({ source }) => "```sh\n" + source.trim().replaceAll("$GUILLEMET", origin) + "\n```");
        operation.description = [operation.description || "", ...shown].join("\n\n");
      }
    }
    return spec;
  };

  // "Try it" begins with every example filled in, and all filters at once find nothing: those that may be left out are left out.
  const withoutFilters = (spec) => {
    for (const parameter of Object.values(spec.components.parameters)) {
      if (parameter.in === "query" && !parameter.required && "example" in parameter) {
        parameter.description += ` Example: \`${[parameter.example].flat().join(",")}\`.`;
        delete parameter.example;
      }
    }
    return spec;
  };

  const start = (spec) => {
    spec.servers = [{ url: base || "/", description: "This server" }];
    window.ui = SwaggerUIBundle({
      spec: absolute(withExamples(withoutFilters(spec))),
      dom_id: "#reference",
      deepLinking: true,
      displayRequestDuration: true,
      docExpansion: "list",
      defaultModelsExpandDepth: -1,
      filter: true,
      tryItOutEnabled: true,
      validatorUrl: null,
    });
  };

  fetch(`${base}/openapi.json`)
    .then((reply) => (reply.ok ? reply.json() : Promise.reject(new Error(`openapi.json: ${reply.status}`))))
    .then(start)
    .catch((fault) => {
      document.getElementById("reference").textContent = `The description can't be read (${fault.message}).`;
    });
})();
