package dev.anneal.service.inference.http;

import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.role.Role;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Restricts the API of a process without the role {@code api} to generation. */
@Component
final class GenerationAlone implements HandlerInterceptor, WebMvcConfigurer {

    private final boolean servesAll;

    GenerationAlone(Environment environment) {
        this.servesAll = Role.in(environment).contains(Role.API);
    }

    @Override
    public void addInterceptors(InterceptorRegistry interceptors) {
        if (!servesAll) {
            interceptors.addInterceptor(this);
        }
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method && !isServed(method)) {
            throw new Refusal(
                    RefusalCode.NOT_FOUND,
                    "This process generates and serves nothing else; ask one with the role 'api' (anneal.roles).");
        }
        return true;
    }

    private static boolean isServed(HandlerMethod method) {
        RequiresScope required = method.getMethodAnnotation(RequiresScope.class);
        return required == null || required.value() == Scope.INFERENCE;
    }
}
