// Shows the description of the installation that serves this page, which is also the one that requests go to.
fetch("../openapi.json")
  .then((answer) => answer.json())
  .then((description) => {
    description.servers = [{ url: new URL("..", window.location.href).href.replace(/\/$/, "") }];
    leaveOptionalFieldsEmpty(description);
    SwaggerUIBundle({
      spec: description,
      dom_id: "#description",
      deepLinking: true,
      displayRequestDuration: true,
      docExpansion: "none",
      filter: true,
      persistAuthorization: false,
      requestInterceptor: withoutEmptyFields,
      validatorUrl: null,
    });
  });

// Swagger UI fills the optional fields of a multipart form with samples: an upload would expire after an hour.
function leaveOptionalFieldsEmpty(description) {
  for (const path of Object.values(description.paths)) {
    for (const operation of Object.values(path)) {
      const form = operation.requestBody?.content["multipart/form-data"]?.schema;
      for (const [name, field] of Object.entries(form?.properties ?? {})) {
        if (!form.required.includes(name)) {
          field.example = "";
        }
      }
    }
  }
}

// It also sends the fields that are empty.
function withoutEmptyFields(request) {
  if (request.body instanceof FormData) {
    for (const name of new Set(request.body.keys())) {
      if (request.body.getAll(name).every((value) => value === "")) {
        request.body.delete(name);
      }
    }
  }
  return request;
}
