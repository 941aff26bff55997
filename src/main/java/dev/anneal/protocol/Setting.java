package dev.anneal.protocol;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A component of a record that is a key of a JSON object in the API: requests set it and answers show it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {

    /** Range of a number of optimizer steps or rollouts. */
    String STEPS = "[1, 10000000]";

    /** Range of a number of tokens. */
    String TOKENS = "[1, 1048576]";

    /** Name of the key, if it is not the component's in snake case. */
    String key() default "";

    /** Value of an absent key; empty for none. */
    String byDefault() default "";

    /** Interval of the allowed numbers, such as {@code [0, 1)}, or {@code (0, )} without an upper bound. */
    String range() default "";

    /** What the number is, for messages; empty if the key says it. */
    String unit() default "";

    /** Allowed texts, separated by a comma and a space; empty for any. */
    String choices() default "";

    /** Maximum number of entries of a list of numbers. */
    int entries() default 0;

    /** Whether {@code "auto"} stands for an absent key, and is shown for null. */
    boolean auto() default false;
}
