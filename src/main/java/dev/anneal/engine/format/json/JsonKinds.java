package dev.anneal.engine.format.json;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/** Plain names of the kinds of JSON values. */
public final class JsonKinds {

    private JsonKinds() {}

    /** The kind of value that a token is or begins. */
    public static String of(@Nullable JsonToken token) {
        if (token == null) {
            return "the end of the file";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT -> "a whole number";
            case VALUE_NUMBER_FLOAT -> "a number with a fraction";
            case VALUE_TRUE, VALUE_FALSE -> "true or false";
            case VALUE_NULL -> "null";
            case PROPERTY_NAME -> "a key";
            case END_OBJECT, END_ARRAY -> "nothing more";
            case VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE -> "no JSON value";
        };
    }
}
