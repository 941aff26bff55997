package dev.anneal.service.web;

import dev.anneal.service.refusal.Refusal;
import dev.anneal.service.refusal.RefusalCode;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Says what is wrong with a JSON body: which key, what it must be, where it stands. */
final class JsonRefusals {

    private JsonRefusals() {}

    static Refusal of(JacksonException exception) {
        String path = path(exception.getPath());
        for (Throwable cause = exception.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof Refusal refusal) {
                return refusal.parameter() != null ? refusal : new Refusal(refusal.code(), refusal.explanation(), path);
            }
            if (cause instanceof IllegalArgumentException) {
                return new Refusal(RefusalCode.INVALID_VALUE, subject(path) + ": " + cause.getMessage(), path);
            }
        }
        if (exception instanceof UnrecognizedPropertyException unknown) {
            return unknownKey(unknown, path);
        }
        if (exception instanceof InputCoercionException || exception instanceof MismatchedInputException) {
            return wrongType(exception, path);
        }
        if (exception instanceof DatabindException) {
            return new Refusal(
                    RefusalCode.INVALID_VALUE,
                    subject(path) + " cannot be read: " + exception.getOriginalMessage() + place(exception),
                    path);
        }
        String rule = exception instanceof StreamConstraintsException
                ? "The request body goes beyond a limit: "
                : "The request body is not valid JSON: ";
        return new Refusal(RefusalCode.INVALID_JSON, rule + exception.getOriginalMessage() + place(exception));
    }

    private static Refusal unknownKey(UnrecognizedPropertyException exception, @Nullable String path) {
        Collection<Object> known = exception.getKnownPropertyIds();
        String alternatives = known == null || known.isEmpty()
                ? ""
                : ". Known here: "
                        + known.stream().map(String::valueOf).sorted().collect(Collectors.joining(", "));
        return new Refusal(RefusalCode.UNKNOWN_PARAMETER, "Unknown parameter: '" + path + "'" + alternatives, path);
    }

    private static Refusal wrongType(JacksonException exception, @Nullable String path) {
        Class<?> target = exception instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
        String found = exception instanceof InvalidFormatException format ? " but is " + quoted(format.getValue()) : "";
        String rule = target == null ? " holds a number out of range" : " must be " + describe(target) + found;
        return new Refusal(RefusalCode.INVALID_TYPE, subject(path) + rule + place(exception), path);
    }

    private static String subject(@Nullable String path) {
        return path == null ? "The request body" : "'" + path + "'";
    }

    private static String quoted(@Nullable Object value) {
        return value instanceof String text ? "\"" + text + "\"" : String.valueOf(value);
    }

    private static String place(JacksonException exception) {
        TokenStreamLocation location = exception.getLocation();
        return location == null || location.getLineNr() < 1
                ? ""
                : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }

    private static String describe(Class<?> type) {
        if (type.isEnum()) {
            return List.of(type.getEnumConstants()).stream()
                    .map(value -> value.toString().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", ", "one of ", ""));
        }
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return "an integer";
        }
        if (type == double.class || type == Double.class || type == float.class || type == Float.class) {
            return "a number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == String.class) {
            return "a string";
        }
        return Collection.class.isAssignableFrom(type) || type.isArray() ? "an array" : "an object";
    }

    /** Keys from the body's root to the fault, for example {@code method.supervised.hyperparameters.n_epochs}; null at the root. */
    private static @Nullable String path(List<JacksonException.Reference> references) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference reference : references) {
            if (reference.getPropertyName() == null) {
                path.append('[').append(reference.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(reference.getPropertyName());
            }
        }
        return path.isEmpty() ? null : path.toString();
    }
}
