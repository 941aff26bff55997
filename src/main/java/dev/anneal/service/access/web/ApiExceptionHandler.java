package dev.anneal.service.access.web;

import dev.anneal.engine.format.json.JsonFault;
import dev.anneal.service.platform.database.DatabaseOutage;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.storage.StorageException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;

/**
 * Turns every exception that leaves a controller into the error envelope. Once the response has begun, the exception is
 * passed to {@link BrokenAnswers} instead: only a broken connection tells the client that its answer is incomplete.
 */
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ApiExceptionHandler extends ResponseEntityExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ApiExceptionHandler.class);

    /** Headers that a download sets before it sends content. */
    private static final List<String> CONTENT_HEADERS = List.of(
            HttpHeaders.ACCEPT_RANGES, HttpHeaders.CONTENT_DISPOSITION, HttpHeaders.CONTENT_RANGE, HttpHeaders.ETAG);

    @ExceptionHandler
    ResponseEntity<Object> refused(Refusal refusal, HttpServletResponse response) {
        beginAgain(response, refusal);
        return answer(refusal, new HttpHeaders());
    }

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> storeAway(StorageException failure, HttpServletRequest request, HttpServletResponse response)
            throws Exception {
        if (!failure.isOfTheStore()) {
            return unexpected(failure, request, response);
        }
        beginAgain(response, failure);
        LOG.warn("The artifact store did not answer; the client is told to try again: {}", failure.toString());
        return answer(
                failure.kind() == StorageException.Reason.FULL
                        ? new Refusal(
                                RefusalCode.STORAGE_FULL,
                                "The installation has no room left. Delete files that are no longer needed.")
                        : new Refusal(
                                RefusalCode.SERVICE_UNAVAILABLE,
                                "The artifact store does not answer at the moment. Try again."),
                new HttpHeaders());
    }

    /** Thrown by the container while it reads the query or a form. */
    @ExceptionHandler
    ResponseEntity<Object> undecodable(InvalidParameterException exception) {
        return answer(
                new Refusal(
                        RefusalCode.INVALID_VALUE,
                        "The parameters of the request are not percent-encoded UTF-8, or are too many."),
                new HttpHeaders());
    }

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> unexpected(Exception exception, HttpServletRequest request, HttpServletResponse response)
            throws Exception {
        if (ClientDisconnect.explains(exception)) {
            ClientDisconnect.tell(request);
            response.setStatus(ClientDisconnect.STATUS);
            return null;
        }
        beginAgain(response, exception);
        if (DatabaseOutage.explains(exception)) {
            LOG.warn(
                    "The database did not answer; the client is told to try again: {}",
                    DatabaseOutage.reason(exception));
            return answer(DatabaseOutage.refusal(exception), new HttpHeaders());
        }
        LOG.error("{} {} failed; the client gets a 500", request.getMethod(), request.getRequestURI(), exception);
        return answer(
                new Refusal(
                        RefusalCode.INTERNAL_ERROR,
                        "The service failed on this request. Its log holds the cause under the request id."),
                new HttpHeaders());
    }

    /** Thrown when a response's client has disconnected. */
    @Override
    protected @Nullable ResponseEntity<Object> handleAsyncRequestNotUsableException(
            AsyncRequestNotUsableException left, WebRequest request) {
        if (request instanceof ServletWebRequest servlet) {
            ClientDisconnect.tell(servlet.getRequest());
        }
        return null;
    }

    @Override
    protected ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException exception, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        Refusal refusal = new Refusal(RefusalCode.INVALID_JSON, "The request needs a JSON object as its body.");
        for (Throwable cause = exception.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof JacksonException json) {
                refusal = new Refusal(
                        RefusalCode.INVALID_JSON,
                        "The request body "
                                + (json instanceof StreamConstraintsException
                                        ? "goes beyond a limit: it holds "
                                        : "is not valid JSON: it holds ")
                                + JsonFault.of(json));
            }
            if (cause instanceof Refusal ours) {
                refusal = ours;
            }
        }
        return answer(refusal, headers);
    }

    @Override
    protected ResponseEntity<Object> handleTypeMismatch(
            TypeMismatchException exception, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        String name = exception.getPropertyName();
        Refusal refusal = new Refusal(
                RefusalCode.INVALID_VALUE,
                (name == null ? "A parameter" : "'" + name + "'") + " must be " + describe(exception.getRequiredType())
                        + " but is '" + exception.getValue() + "'",
                name);
        return answer(refusal, headers);
    }

    /** The rest of Spring's own exceptions: unknown routes, methods, media types, missing parameters. */
    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception exception,
            @Nullable Object body,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        if (request instanceof ServletWebRequest servlet) {
            if (servlet.getResponse() != null && servlet.getResponse().isCommitted()) {
                LOG.warn("The answer had begun when this failed; the connection is closed: {}", exception.toString());
                return null;
            }
            return answer(FrameworkRefusals.of(exception, status, servlet.getRequest()), headers);
        }
        return answer(new Refusal(RefusalCode.INTERNAL_ERROR, "The service failed on this request."), headers);
    }

    private static String describe(@Nullable Class<?> type) {
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return "an integer";
        }
        return type == boolean.class || type == Boolean.class ? "true or false" : "of another type";
    }

    /**
     * Resets the response.
     *
     * @throws E the exception, if a part has already been sent
     */
    private static <E extends Exception> void beginAgain(HttpServletResponse response, E exception) throws E {
        if (response.isCommitted()) {
            throw exception;
        }
        response.resetBuffer();
        response.setContentLengthLong(-1);
        CONTENT_HEADERS.forEach(name -> response.setHeader(name, null));
    }

    private static ResponseEntity<Object> answer(Refusal refusal, HttpHeaders given) {
        HttpHeaders headers = new HttpHeaders(given);
        headers.putAll(RefusalHeaders.of(refusal.code()));
        headers.setContentType(MediaType.APPLICATION_JSON);
        return new ResponseEntity<>(
                ErrorWriter.Body.of(refusal),
                headers,
                HttpStatusCode.valueOf(refusal.code().status()));
    }
}
