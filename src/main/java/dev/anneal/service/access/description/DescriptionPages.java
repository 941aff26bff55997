package dev.anneal.service.access.description;

import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.startup.StartNote;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** The API description at {@code /docs}: Swagger UI with a page of our own, which loads nothing from other hosts. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "anneal.api.ui", matchIfMissing = true)
class DescriptionPages implements WebMvcConfigurer {

    private static final String PAGES = "classpath:/api-docs/";

    /** Contains the version, which must be that of the pom. */
    private static final String SWAGGER_UI = "classpath:/META-INF/resources/webjars/swagger-ui/5.34.1/";

    @Override
    public void addViewControllers(ViewControllerRegistry registry) {
        // With a status the address stays relative, as a proxy that serves the service below a path needs it.
        registry.addRedirectViewController("/docs", "docs/index.html").setStatusCode(HttpStatus.FOUND);
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry.addResourceHandler("/docs/*").addResourceLocations(PAGES, SWAGGER_UI);
    }

    @Bean
    @Order(1)
    @ConditionalOnRole(Role.API)
    StartNote documentationNote() {
        return new StartNote("Documentation", api -> api + "/docs");
    }
}
