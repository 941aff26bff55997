package dev.anneal.service.access.web;

import dev.anneal.service.platform.refusal.Refusal;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/** Answers requests that failed outside the controllers: in a filter, or in the container's own handling. */
@Controller
final class ContainerErrorController implements ErrorController {

    private static final Logger LOG = LoggerFactory.getLogger(ContainerErrorController.class);

    private final ErrorWriter errors;

    ContainerErrorController(ErrorWriter errors) {
        this.errors = errors;
    }

    @RequestMapping("${spring.web.error.path:${error.path:/error}}")
    void error(HttpServletRequest request, HttpServletResponse response) throws IOException {
        // Without the attribute, a client requested this path itself.
        int status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code ? code : 404;
        String method = request.getAttribute(RequestDispatcher.ERROR_METHOD) instanceof String asked
                ? asked
                : request.getMethod();
        if (response.isCommitted()) {
            // The container also calls this for a response that has begun, before it breaks the connection.
            return;
        }
        // Faults of clients, such as silence in the middle of a body, have a status below 500.
        if (status >= 500 && request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) instanceof Exception exception) {
            LOG.error("{} failed in a filter; the client gets a {}", method, status, exception);
        }
        String uri = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String failed
                ? failed
                : request.getRequestURI();
        Refusal refusal = FrameworkRefusals.of(status, method, uri);
        errors.write(response, refusal);
    }
}
