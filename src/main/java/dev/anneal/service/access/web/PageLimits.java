package dev.anneal.service.access.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Default and maximum number of rows of a page, for a controller's {@code PageRequest} parameter. */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface PageLimits {

    /** Rows of a page when {@code limit} is absent. */
    int byDefault();

    /** Greatest {@code limit} accepted. */
    int max();
}
