package dev.anneal.service.inferenceapi;

import dev.anneal.service.refusal.Refusal;
import dev.anneal.service.refusal.RefusalCode;
import dev.anneal.service.role.Role;
import dev.anneal.service.web.ErrorWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** A process that generates and has not got the role {@code api} serves generation and nothing else below {@code /v1}. */
@Component
final class GenerationPathsFilter extends OncePerRequestFilter {

    private static final Set<String> PATHS = Set.of("/v1/chat/completions", "/v1/completions");

    private final boolean servesAll;
    private final ErrorWriter errors;

    GenerationPathsFilter(Environment environment, ErrorWriter errors) {
        this.servesAll = Role.in(environment).contains(Role.API);
        this.errors = errors;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String path = request.getRequestURI();
        if (servesAll || !path.startsWith("/v1/") || PATHS.contains(path)) {
            chain.doFilter(request, response);
        } else {
            errors.write(
                    response,
                    new Refusal(
                            RefusalCode.NOT_FOUND,
                            "This process generates and serves nothing else; ask one with the role 'api' (anneal.roles)."));
        }
    }
}
