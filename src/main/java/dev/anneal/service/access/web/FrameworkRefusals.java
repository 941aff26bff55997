package dev.anneal.service.access.web;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.bind.MissingServletRequestParameterException;

/** Refusals for requests that the web framework rejects. */
final class FrameworkRefusals {

    private FrameworkRefusals() {}

    static Refusal of(Exception exception, HttpStatusCode status, HttpServletRequest request) {
        if (exception instanceof MissingServletRequestParameterException missing) {
            return new Refusal(
                    RefusalCode.MISSING_PARAMETER,
                    "The parameter '" + missing.getParameterName() + "' is missing.",
                    missing.getParameterName());
        }
        return of(status.value(), request.getMethod(), request.getRequestURI());
    }

    /** The refusal if only the status is known. */
    static Refusal of(int status, String method, String uri) {
        return switch (status) {
            case 401 -> new Refusal(RefusalCode.INVALID_API_KEY, "Give an API key as 'Authorization: Bearer <key>'.");
            case 404 -> new Refusal(RefusalCode.NOT_FOUND, "Unknown request URL: " + method + " " + uri);
            case 405 -> new Refusal(RefusalCode.METHOD_NOT_ALLOWED, method + " is not possible on " + uri);
            case 406 ->
                new Refusal(RefusalCode.NOT_ACCEPTABLE, "No representation of " + uri + " suits the Accept header.");
            case 408 ->
                new Refusal(
                        RefusalCode.REQUEST_TIMEOUT,
                        "The rest of the request did not arrive in time: " + method + " " + uri + ". Send it again.");
            case 413 -> new Refusal(RefusalCode.REQUEST_TOO_LARGE, "The request body is too large.");
            case 415 ->
                new Refusal(
                        RefusalCode.UNSUPPORTED_MEDIA_TYPE,
                        "The Content-Type of the body does not suit " + method + " " + uri
                                + "; JSON bodies need 'application/json'.");
            case 503 -> new Refusal(RefusalCode.SERVICE_UNAVAILABLE, "The service is not ready. Try again.");
            default ->
                status >= 500
                        ? new Refusal(RefusalCode.INTERNAL_ERROR, "The service failed on this request.")
                        : new Refusal(RefusalCode.INVALID_VALUE, "The request is malformed: " + method + " " + uri);
        };
    }
}
