package dev.anneal.service.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** On a controller's method: query parameters that it reads beside those that its own parameters name. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface AlsoReads {

    /** Their names; one that ends in {@code []} stands for any text between the brackets. */
    String[] value();
}
