# A ledger on one machine: chain, gateway, node and page. The image runs from source, as a plain checkout does.
ARG NODE_VERSION=24.21.0

FROM node:${NODE_VERSION}-bookworm-slim AS install
WORKDIR /app
COPY . .
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:${NODE_VERSION}-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=install /app /app
RUN install --directory --owner=node --group=node --mode=0700 /data
USER node
VOLUME /data
EXPOSE 7800
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=3m --retries=4 CMD ["node", "-e", "fetch('http://127.0.0.1:7800/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=64", "--no-parallel-scavenge", "/app/bin/openledger.mjs", "--data", "/data"]
CMD ["up", "--host", "0.0.0.0", "--port", "7800"]
