// A provider of OpenID Connect on loopback for the tests. Its one argument is a JSON object:
// port, redirect_uri, client_id, client_secret, users (name -> claims).
import Provider from 'oidc-provider';

const given = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${given.port}`;

const provider = new Provider(issuer, {
  clients: [{
    client_id: given.client_id,
    client_secret: given.client_secret,
    redirect_uris: [given.redirect_uri],
    response_types: ['code'],
    grant_types: ['authorization_code'],
  }],
  claims: {
    openid: ['sub'],
    profile: ['name', 'preferred_username'],
    groups: ['groups'],
  },
  scopes: ['openid', 'profile', 'groups'],
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  cookies: { keys: ['only for tests'] },
  findAccount: (ctx, id) => (id in given.users
    ? { accountId: id, claims: async () => ({ sub: id, ...given.users[id] }) }
    : undefined),
});

provider.listen(given.port, '127.0.0.1', () => console.log(`listening at ${issuer}`));
