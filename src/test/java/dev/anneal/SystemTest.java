package dev.anneal;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A test of minutes, with real engines in processes of their own. {@code ./mvnw verify} leaves it out; CI runs it
 * afterwards, as does {@code ./mvnw -P system failsafe:integration-test failsafe:verify}.
 */
@Tag("system")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface SystemTest {}
