# One image for the API with its pages, the worker and the migrations: the command says which (docker-compose.yml has them).

FROM node:24-bookworm-slim AS pnpm
RUN npm install --global pnpm@12
WORKDIR /app

# All that an install depends on. What is copied from here is compared by content, so the stages below install again only
# when a manifest or the lockfile has changed.
FROM pnpm AS manifests
COPY . .
RUN find . -type f ! -name package.json ! -name 'pnpm-*.yaml' -delete && find . -type d -empty -delete

FROM pnpm AS build
COPY --from=manifests /app ./
RUN --mount=type=cache,id=pnpm,target=/root/.local/share/pnpm/store,sharing=locked \
    pnpm install --frozen-lockfile --ignore-scripts --filter flash-sale --filter @flash-sale/pages \
      --filter-prod @flash-sale/api... --filter-prod @flash-sale/worker...
COPY . .
RUN node scripts/generate-prisma-client.mjs && node_modules/.bin/tsc -b apps/api apps/worker \
    && (cd apps/pages && node_modules/.bin/vite build)
# Compiled code, and the pages, the Lua scripts, the migrations and the SQL functions that it reads.
RUN mkdir /compiled && find apps packages prisma/migrations prisma/functions -name node_modules -prune \
      -o -type f \( -path '*/dist/*.js' -o -path 'apps/pages/dist/*' -o -name '*.lua' -o -path 'prisma/*' \) -exec cp --parents --target-directory /compiled {} +

FROM pnpm AS dependencies
COPY --from=manifests /app ./
RUN --mount=type=cache,id=pnpm,target=/root/.local/share/pnpm/store,sharing=locked \
    pnpm install --frozen-lockfile --ignore-scripts --prod \
      --filter-prod @flash-sale/api... --filter-prod @flash-sale/worker... \
    # Prisma's query compilers for databases that are not Postgres would be 50 MB of 85.
    && find node_modules/.pnpm -path '*/@prisma/client/runtime/*' \
      \( -name '*.cockroachdb.*' -o -name '*.mysql.*' -o -name '*.sqlite.*' -o -name '*.sqlserver.*' \) -delete \
    # These carry the time of the install, and would make the layer differ each time.
    && rm node_modules/.modules.yaml node_modules/.pnpm-workspace-state*.json

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=dependencies /app ./
COPY --from=build /compiled ./
USER node
EXPOSE 3000
CMD ["node", "--conditions=dist", "apps/api/dist/server.js"]
