// Shows the description of the installation that serves this page, which is also the one that requests go to.
fetch("../openapi.json")
  .then((answer) => answer.json())
  .then((description) => {
    description.servers = [{ url: new URL("..", window.location.href).href.replace(/\/$/, "") }];
    SwaggerUIBundle({
      spec: description,
      dom_id: "#description",
      deepLinking: true,
      displayRequestDuration: true,
      docExpansion: "none",
      filter: true,
      persistAuthorization: false,
      validatorUrl: null,
    });
  });
