// aedes for the tests: MQTT by TCP and by WebSocket on loopback, and a line for each PUBLISH, written before the PUBACK.
import { writeSync } from 'node:fs'
import { createServer } from 'node:net'
import { createServer as createHttpServer } from 'node:http'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const require = createRequire(process.env.TERN_NODE_MODULES + '/')
const { Aedes } = await import(pathToFileURL(require.resolve('aedes')))
const { WebSocketServer, createWebSocketStream } = require('ws')

const { tcp, websocket, users } = JSON.parse(process.argv[2])

// At once, not when node finds the time. A pipe can be full for a moment.
const writeNow = text => {
  let rest = Buffer.from(text + '\n')
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
    }
  }
}

const broker = await Aedes.createBroker({
  authenticate (client, username, password, done) {
    if (username !== undefined && users[username] === password?.toString()) {
      return done(null, true)
    }
    const refusal = new Error('the signature is wrong')
    refusal.returnCode = 4
    done(refusal, null)
  },
  authorizePublish (client, { topic, dup }, done) {
    // This line is out before the PUBACK is.
    writeNow(JSON.stringify({ topic, dup }))
    done(null)
  }
})

const listen = (server, port) => new Promise(resolve => server.listen(port, '127.0.0.1', resolve))
const http = createHttpServer()
new WebSocketServer({ server: http, handleProtocols: () => 'mqtt' })
  .on('connection', (socket, request) => broker.handle(createWebSocketStream(socket), request))
await listen(http, websocket)
await listen(createServer(broker.handle), tcp)

// The test has ended, however it did.
process.stdin.on('end', () => process.exit()).resume()
writeNow(`aedes ${broker.version} on node ${process.version}`)
