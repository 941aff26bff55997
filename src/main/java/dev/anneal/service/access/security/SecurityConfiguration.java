package dev.anneal.service.access.security;

import dev.anneal.service.access.console.ConsolePage;
import dev.anneal.service.access.ratelimit.RateLimits;
import dev.anneal.service.access.tenant.ApiKeys;
import dev.anneal.service.access.tenant.DownloadLinks;
import dev.anneal.service.access.tenant.SignIn;
import dev.anneal.service.access.web.ErrorWriter;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import jakarta.servlet.DispatcherType;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Every path needs a credential and its method's scope, except those listed here. There are no sessions, cookies, forms
 * or cross-origin requests.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration implements WebMvcConfigurer {

    /** Health of the process, and the API description. */
    private static final String[] PUBLIC_PATHS = {"/livez", "/readyz", "/openapi.json", "/openapi.yaml"};

    /**
     * Documentation pages, and the files of {@link ConsolePage} with its manual. Their scripts are served by us;
     * Swagger UI sets inline styles and embeds images in styles.
     */
    private static final String[] PAGES = {"/docs", "/docs/*", "/console/**", "/manual/**"};

    private static final String PAGES_ASK_NOBODY_ELSE =
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri"
                    + " 'none'; form-action 'none'; frame-ancestors 'none'";

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new PrincipalResolver());
    }

    @Override
    public void addInterceptors(InterceptorRegistry interceptors) {
        interceptors
                .addInterceptor(new ScopeInterceptor())
                .excludePathPatterns(PUBLIC_PATHS)
                .excludePathPatterns(PAGES)
                .order(Ordered.HIGHEST_PRECEDENCE);
    }

    /**
     * The actuator has a separate port, which is not exposed to clients, and serves only health and metrics. Where no
     * other machine reaches it, its only strangers are web pages in the user's browser.
     */
    @Bean
    @Order(1)
    SecurityFilterChain actuator(
            HttpSecurity http,
            ApiKeys keys,
            Tokens tokens,
            ErrorWriter errors,
            @Value("${management.server.address:}") String address) {
        if (!asksWho(keys, tokens) && !address.isEmpty() && LoopbackDefaults.isLoopback(address)) {
            http.addFilterBefore(new LoopbackFilter(errors), AuthorizationFilter.class);
        }
        return http.securityMatcher(EndpointRequest.toAnyEndpoint())
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .csrf(AbstractHttpConfigurer::disable)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain pages(HttpSecurity http, ObjectProvider<ConsolePage> console) {
        List<RequestMatcher> pages = new ArrayList<>();
        for (String path : PAGES) {
            pages.add(PathPatternRequestMatcher.pathPattern(path));
        }
        console.ifAvailable(page -> pages.add(page::isRequestedBy));
        return http.securityMatcher(new OrRequestMatcher(pages))
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .headers(headers ->
                        headers.contentSecurityPolicy(policy -> policy.policyDirectives(PAGES_ASK_NOBODY_ELSE)))
                .csrf(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .build();
    }

    @Bean
    SignIn signIn(ApiKeys keys, Tokens tokens) {
        return new SignIn(asksWho(keys, tokens));
    }

    private static boolean asksWho(ApiKeys keys, Tokens tokens) {
        return keys.required() || tokens.areConfigured();
    }

    @Bean
    @Order(3)
    SecurityFilterChain api(
            HttpSecurity http,
            ApiKeys keys,
            Tokens tokens,
            DownloadLinks links,
            RateLimits limits,
            ErrorWriter errors,
            @Value("${server.tomcat.threads.max}") int threads) {
        FailedAuthentications failed = new FailedAuthentications(limits, errors);
        http.addFilterBefore(new CredentialFilter(keys, tokens, links, failed, errors), AuthorizationFilter.class);
        limits.requests()
                .ifPresent(limit -> http.addFilterAfter(new RateLimitFilter(limit, errors), CredentialFilter.class));
        http.addFilterAfter(new TenantShareFilter(threads, errors), CredentialFilter.class);
        if (!asksWho(keys, tokens)) {
            http.addFilterBefore(new LoopbackFilter(errors), CredentialFilter.class);
        }
        return http.authorizeHttpRequests(requests -> requests.requestMatchers(PUBLIC_PATHS)
                        .permitAll()
                        // The container's error dispatches: the original request has already been checked.
                        .dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.INCLUDE)
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .exceptionHandling(handling ->
                        handling.authenticationEntryPoint((request, response, missing) -> failed.refuse(
                                request,
                                response,
                                new Refusal(
                                        RefusalCode.INVALID_API_KEY,
                                        "You didn't provide an API key. Send one as 'Authorization: Bearer <key>'."))))
                // No-referrer: an address may hold the secret of a link.
                .headers(headers -> headers.referrerPolicy(Customizer.withDefaults()))
                .csrf(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .build();
    }

    /** Allows encoded slashes, which SDKs send in model ids. */
    @Bean
    HttpFirewall firewall() {
        StrictHttpFirewall firewall = new StrictHttpFirewall();
        firewall.setAllowUrlEncodedSlash(true);
        // The container keeps %2F, so the path that the firewall checks contains a percent sign.
        firewall.setAllowUrlEncodedPercent(true);
        return firewall;
    }

    @Bean
    RequestRejectedHandler rejectedRequests(ErrorWriter errors) {
        return (request, response, rejected) -> errors.write(
                response,
                new Refusal(
                        RefusalCode.INVALID_VALUE,
                        "The request's path or headers hold characters that are not served."));
    }
}
