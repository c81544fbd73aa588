/** The API page: Swagger UI over our own description. */

/** @type {any} */ (globalThis).SwaggerUIBundle({ url: "/api/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null });
