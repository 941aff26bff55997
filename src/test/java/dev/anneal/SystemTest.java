package dev.anneal;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A test of half a minute or more, most of them with real processes. {@code ./mvnw verify} leaves it out; CI runs it
 * afterwards, as does {@code ./mvnw -P system failsafe:integration-test failsafe:verify}.
 */
@Tag("system")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface SystemTest {}
