package dev.anneal.penetration;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Tests that attack the service. {@code ./mvnw verify -Dgroups=penetration} runs all of them and nothing else;
 * docs/security.md lists them by threat.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Tag("penetration")
public @interface Penetration {}
