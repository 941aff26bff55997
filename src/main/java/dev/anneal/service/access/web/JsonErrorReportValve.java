package dev.anneal.service.access.web;

import dev.anneal.service.platform.refusal.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the error envelope for requests that the container refuses before any filter sees them, for example one with
 * an illegal path. The container creates it by its class name.
 */
public final class JsonErrorReportValve extends ErrorReportValve {

    @Override
    protected void report(Request request, Response response, Throwable failure) {
        if (response.getStatus() < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        String uri = request.getRequestURI() == null ? "" : request.getRequestURI();
        Refusal refusal = FrameworkRefusals.of(response.getStatus(), request.getMethod(), uri);
        try {
            if (response.getHeader(RequestIdFilter.HEADER) == null) {
                RequestIdFilter.identify(response);
            }
            response.setContentType(MediaType.APPLICATION_JSON_VALUE);
            response.getOutputStream()
                    .write(JsonMapper.shared()
                            .writeValueAsString(ErrorWriter.Body.of(refusal))
                            .getBytes(StandardCharsets.UTF_8));
            response.finishResponse();
        } catch (IOException | IllegalStateException gone) {
            container.getLogger().debug("The client left before its error was written", gone);
        }
    }
}
