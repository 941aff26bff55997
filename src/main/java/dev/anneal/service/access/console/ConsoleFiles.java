package dev.anneal.service.access.console;

import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.startup.StartNote;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistration;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.handler.AbstractHandlerMapping;

/**
 * Serves the console: its page at {@code /}, below {@code /console} its own files and those of its two libraries, each
 * from its jar, and below {@code /manual} the documents.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.API)
@ConditionalOnBooleanProperty(name = "anneal.console.enabled", matchIfMissing = true)
class ConsoleFiles implements WebMvcConfigurer {

    /** The versions must be those of the pom. */
    private static final String LIBRARIES = "classpath:/META-INF/resources/webjars/";

    private static final String LIT_HTML = LIBRARIES + "lit-html/3.3.2/";
    private static final String UPLOT = LIBRARIES + "uplot/1.6.30/dist/";

    private static final int BEHIND_CONTROLLERS = 1;

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        serve(registry, "/console/vendor/lit-html/**", LIT_HTML);
        serve(registry, "/console/vendor/uplot/*", UPLOT);
        serve(registry, "/console/**", "classpath:/console/");
        serve(registry, "/manual/**", "classpath:/manual/")
                .resourceChain(false)
                .addTransformer(new ManualTransformer());
    }

    @Override
    public void addViewControllers(ViewControllerRegistry registry) {
        // With a status the address stays relative, as a proxy that serves the service below a path needs it.
        registry.addRedirectViewController("/manual", "manual/docs/README.md").setStatusCode(HttpStatus.FOUND);
        registry.addRedirectViewController("/manual/", "docs/README.md").setStatusCode(HttpStatus.FOUND);
    }

    /** Browsers ask each time whether they have the newest file: a new version must not meet old parts. */
    private static ResourceHandlerRegistration serve(ResourceHandlerRegistry registry, String path, String location) {
        return registry.addResourceHandler(path).addResourceLocations(location).setCacheControl(CacheControl.noCache());
    }

    @Bean
    HandlerMapping consoleMapping(ConsolePage page) {
        AbstractHandlerMapping mapping = new AbstractHandlerMapping() {

            @Override
            protected @Nullable Object getHandlerInternal(HttpServletRequest request) {
                return page.isRequestedBy(request) ? page : null;
            }
        };
        mapping.setOrder(BEHIND_CONTROLLERS);
        return mapping;
    }

    @Bean
    @Order(0)
    StartNote consoleNote() {
        return new StartNote("Console", api -> api + "/");
    }
}
