// MQTT.js for the tests: commands on stdin, events on stdout, as tests/src/peers/scripted.rs has them.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const require = createRequire(process.env.TERN_NODE_MODULES + '/')
const mqtt = require('mqtt')
const { version } = JSON.parse(readFileSync(process.env.TERN_NODE_MODULES + '/mqtt/package.json'))

const say = event => process.stdout.write(JSON.stringify(event) + '\n')
// Publishes under way at most, so that the library's store stays small.
const FLOOD = 200
let client

const commands = {
  connect ({ url, ca, client_id, username, password, keep_alive, clean, again_ms }) {
    client = mqtt.connect(url, {
      clientId: client_id,
      username,
      password,
      keepalive: keep_alive,
      clean,
      protocolVersion: 4,
      reconnectPeriod: again_ms,
      ca: /^(mqtts|wss):/.test(url) ? readFileSync(ca) : undefined
    })
    client.on('connect', ({ sessionPresent }) => say({ event: 'connected', session_present: sessionPresent }))
    client.on('error', error => {
      if (error.code >= 1 && error.code <= 5) {
        say({ event: 'refused', code: error.code })
      } else {
        console.error(error)
      }
    })
    client.on('close', () => say({ event: 'closed' }))
    client.on('message', (topic, payload, { qos, retain, dup }) =>
      say({ event: 'message', topic, qos, retain, dup, payload: payload.toString('base64') }))
  },
  subscribe ({ filter, qos }) {
    // What the library makes an error of is on the wire a code like any other.
    client.subscribe(filter, { qos }, (error, granted, packet) =>
      say({ event: 'subscribed', granted: packet?.granted?.[0] ?? granted?.[0]?.qos, error: error?.message }))
  },
  publish ({ topic, payload, qos, retain }) {
    client.publish(topic, Buffer.from(payload, 'base64'), { qos, retain }, error =>
      say(error ? { event: 'failed', topic, reason: error.message } : { event: 'published', topic }))
  },
  flood ({ prefix, count }) {
    let next = 0
    const more = () => {
      if (next >= count) return
      const topic = `${prefix}/${next++}`
      client.publish(topic, topic, { qos: 1 }, error => {
        say(error ? { event: 'failed', topic, reason: error.message } : { event: 'published', topic })
        more()
      })
    }
    for (let i = 0; i < FLOOD; i++) more()
  },
  end () {
    client.end(false, {}, () => process.exit())
  }
}

say({ event: 'ready', version: `MQTT.js ${version} on node ${process.version}` })
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line)
  commands[command.do](command)
}
