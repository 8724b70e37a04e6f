import type { NextConfig } from 'next'

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // Packages export TypeScript that runs as it stands in Node; the pages' bundler has to compile it.
  transpilePackages: ['@slashzero/api', '@slashzero/contract', '@slashzero/core'],
  // While the server is away, a navigation waits for the server and keeps the page.
  experimental: { useOffline: true },
  // The server writes its own log, and stdout is for that alone.
  logging: { incomingRequests: false },
  allowedDevOrigins: ['127.0.0.1'],
  // Types and lint are checked once for the whole workspace, not in every build.
  typescript: { ignoreBuildErrors: true },
}

export default config
