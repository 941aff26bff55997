package dev.anneal.service.access.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** On a controller's method, or on the controller for all of them: query parameters that are read beside those that the method's own parameters name. */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface AdditionalParameters {

    /** Their names; one that ends in {@code [*]} stands for any text between the brackets. */
    String[] value();
}
