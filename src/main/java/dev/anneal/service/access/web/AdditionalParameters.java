package dev.anneal.service.access.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Query parameters that a controller or its method reads in addition to the method's own parameters. */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface AdditionalParameters {

    /** Their names; one that ends in {@code [*]} stands for any text between the brackets. */
    String[] value();
}
