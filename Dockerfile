# syntax=docker/dockerfile:1
# One image for the API, the workers, the migration and the operator's commands; see docs/deploy.md.

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
# Only what npm reads, so that a changed source file reinstalls nothing. No install script runs, here or below.
COPY package.json package-lock.json .npmrc ./
RUN ["npm", "ci", "--include=dev", "--ignore-scripts"]
COPY tsconfig.json ./
COPY clients ./clients
COPY scripts ./scripts
COPY src ./src
COPY workers ./workers
RUN ["npm", "run", "build", "--ignore-scripts"]
RUN ["npm", "prune", "--omit=dev", "--ignore-scripts"]

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production
# A container's own loopback is reached by nobody.
ENV HOST=0.0.0.0
WORKDIR /app
# Owned by root and read by the user below, so that no process can change its own code.
COPY package.json ./
COPY migrations ./migrations
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.METRICS_PORT || process.env.PORT || 3000}/livez`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1, without npm or a shell, so that SIGTERM reaches the program.
CMD ["node", "dist/src/server.js"]
