package dev.anneal.service.access.web;

import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/** Reads {@code after}, {@code limit} and {@code order} of a list request. */
final class PageRequestResolver implements HandlerMethodArgumentResolver {

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.hasParameterAnnotation(PageLimits.class);
    }

    @Override
    public PageRequest resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        PageLimits limits = parameter.getParameterAnnotation(PageLimits.class);
        if (limits == null) {
            throw new IllegalStateException("PageRequest parameter without @PageLimits");
        }
        String after = request.getParameter("after");
        return new PageRequest(
                after == null || after.isEmpty() ? null : after,
                limit(request.getParameter("limit"), limits),
                ascending(request.getParameter("order")));
    }

    private static int limit(@Nullable String given, PageLimits limits) {
        if (given == null || given.isEmpty()) {
            return limits.byDefault();
        }
        // Nine digits always fit an int; more of them are beyond every maximum.
        if (given.matches("[0-9]{1,9}")) {
            int limit = Integer.parseInt(given);
            if (limit >= 1 && limit <= limits.max()) {
                return limit;
            }
        }
        throw Refusal.invalidValue(
                "limit", "'limit' must be an integer from 1 to " + limits.max() + " but is '" + given + "'");
    }

    private static boolean ascending(@Nullable String given) {
        if (given == null || given.isEmpty()) {
            return false;
        }
        return switch (given) {
            // OpenAI's lists of permissions spell the words out.
            case "asc", "ascending" -> true;
            case "desc", "descending" -> false;
            default -> throw Refusal.invalidValue("order", "'order' must be 'asc' or 'desc' but is '" + given + "'");
        };
    }
}
