package dev.anneal.service.access.web;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.bind.MissingServletRequestParameterException;

/** Refusals for requests that the web framework rejects. */
final class FrameworkRefusals {

    private static final String API = "/v1";

    /** Paths without their prefix. */
    private static final Pattern OF_THE_API =
            Pattern.compile("/(chat|completions|files|fine_tuning|models|uploads)(/|$)");

    /** A base URL that is a whole path, to which a client adds the path again. */
    private static final Pattern REPEATED = Pattern.compile(API + "(/[a-z_/]{1,60})\\1");

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

    /** What is wrong with the beginning of a path, as a client's base URL makes it; empty if it seems right. */
    private static String prefixHint(String uri) {
        if (uri.startsWith(API + API + "/")) {
            return ". " + API + " is there twice: " + uri.substring(API.length());
        }
        Matcher repeated = REPEATED.matcher(uri);
        if (repeated.matches()) {
            return ". The base URL of a client ends with " + API + ": " + API + repeated.group(1);
        }
        return OF_THE_API.matcher(uri).lookingAt() ? ". The path of the API begins with " + API + ": " + API + uri : "";
    }

    /** The refusal if only the status is known. */
    static Refusal of(int status, String method, String uri) {
        return switch (status) {
            case 401 -> new Refusal(RefusalCode.INVALID_API_KEY, "Give an API key as 'Authorization: Bearer <key>'.");
            case 404 ->
                new Refusal(RefusalCode.NOT_FOUND, "Unknown request URL: " + method + " " + uri + prefixHint(uri));
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
