// The apps: one that runs everything, or one for each role of ../apps.json.
import { Access, ActorTokens, Connections, Endpoints, HubNames, Place, Polled, Scale, Settings, SignIn, StoreRoles, Webhook } from '../types.bicep'

param place Place
param access Access
param database string
param hubNames HubNames
param connections Connections
param captureContainer string

@description('Three apps of the one package, each with an identity and rights of its own, instead of one app.')
param split bool

@description('Who may write: everybody, only what was let in already, nobody.')
@allowed(['on', 'draining', 'off'])
param writers string
param alwaysReady bool
param scale Scale
param settings Settings
param webhook Webhook
param polled Polled
param actorTokens ActorTokens
param browserOrigins string[]
@description('Whether the page of the console is served.')
@allowed(['on', 'off'])
param console string
param signIn SignIn
@description('A second API on the same store: it answers and decides; what follows is the work of the others.')
param staging bool
@description('The one Front Door that the API takes requests of; empty: of everybody.')
param frontDoorId string
param replication string
param storeRoles StoreRoles
param endpoints Endpoints
param workspaceId string
param requestLogs bool

var roles = loadJsonContent('../apps.json')
var everyFunction = flatten(map(items(roles), role => role.value.functions))
// What admits work, and what follows it, is switched off while nobody may write; what asks others, while nobody is named.
var unasked = empty(polled.feeds) ? ['polling'] : []
var unseen = console == 'on' ? [] : ['console', 'console_file']
var stopped = union(unasked, unseen, flatten(map(items(roles), role => union(writers == 'on' ? [] : role.value.admits, writers == 'off' ? role.value.follows : []))))

// Each app: its name for azd, what it runs, what it may do. One app runs everything, and may do all of it.
var separate = map(items(roles), role => union(role.value, { name: replace(role.key, '_', '-') }))
var together = [
  {
    name: 'onewrite'
    functions: everyFunction
    alwaysReady: union(roles.command_api.alwaysReady, roles.single_publisher.alwaysReady, roles.consumers.alwaysReady)
    containers: union(roles.command_api.containers, roles.single_publisher.containers, roles.consumers.containers)
    hubs: union(roles.command_api.hubs, roles.single_publisher.hubs, roles.consumers.hubs)
    topic: true
    archive: roles.consumers.archive
  }
]
var next = staging ? [union(roles.command_api, { name: 'staging' })] : []
var apps = flatten([split ? separate : together, next]) // sorted by name: the API comes first

// One app after another: the store makes one role assignment at a time, and refuses a second with 412.
@batchSize(1)
module functions 'app.bicep' = [for app in apps: {
  name: 'app-${app.name}'
  params: {
    place: place
    access: access
    app: {
      name: app.name
      containers: app.containers
      hubs: map(app.hubs, grant => '${hubNames[sys.split(grant, ':')[0]]}:${sys.split(grant, ':')[1]}')
      topic: app.topic
      archive: app.archive
      disabled: filter(everyFunction, function => !contains(app.functions, function) || contains(stopped, function))
    }
    database: database
    connections: connections
    captureContainer: captureContainer
    replication: replication
    // Over zones, the platform asks for two instances of each group at least.
    scale: union(scale, { alwaysReady: alwaysReady ? toObject(items(app.alwaysReady), one => one.key, one => scale.zoneRedundant ? 2 : one.value) : {} })
    settings: settings
    webhook: webhook
    polled: polled
    actorTokens: actorTokens
    browserOrigins: browserOrigins
    signIn: signIn
    frontDoorId: frontDoorId
    storeRoles: storeRoles
    endpoints: endpoints
    workspaceId: workspaceId
    requestLogs: requestLogs
  }
}]

@description('The timers that run: each must end well within a quarter of an hour.')
output timers string[] = filter(flatten(map(items(roles), role => role.value.timers)), timer => !contains(stopped, timer))
output names string[] = [for app in apps: 'func-${app.name}-${place.token}']
output apiHostName string = functions[0].outputs.hostName
output stagingHostName string = staging ? functions[split ? 3 : 1].outputs.hostName : ''
