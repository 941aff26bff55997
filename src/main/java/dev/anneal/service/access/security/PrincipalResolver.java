package dev.anneal.service.access.security;

import dev.anneal.service.access.tenant.Principal;
import dev.anneal.service.access.tenant.Tenant;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/** Passes the sender of a request to controllers, as a parameter of type {@link Principal} or {@link Tenant}. */
final class PrincipalResolver implements HandlerMethodArgumentResolver {

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == Tenant.class || parameter.getParameterType() == Principal.class;
    }

    @Override
    public Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        Principal principal = CurrentPrincipal.get();
        return parameter.getParameterType() == Tenant.class ? principal.tenant() : principal;
    }
}
