//! The JSON web token by which an App speaks for itself: RS256 only, at most ten minutes long.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::pkcs8::DecodePublicKey;
use rsa::{Pkcs1v15Sign, PublicKey};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::answer::{Answer, refusal};
use crate::ids::Id;
use crate::world::World;

/// GitHub's limit, with its tolerance of a minute for clocks that differ.
const LONGEST: i64 = 600 + 60;

/// The App whose key signed it.
pub(super) fn verify(world: &World, text: &str) -> Result<Id, Answer> {
    let undecodable = || refusal(401, "A JSON web token could not be decoded");
    let parts: Vec<&str> = text.split('.').collect();
    let [header, claims, signature] = parts[..] else { return Err(undecodable()) };
    let read = |part: &str| -> Option<Value> {
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
    };
    let (head, claims_read) = read(header).zip(read(claims)).ok_or_else(undecodable)?;
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| undecodable())?;
    let app = issuer(&claims_read).and_then(|id| world.apps.get(&id)).ok_or_else(undecodable)?;
    let key = PublicKey::from_public_key_pem(&app.public_key)
        .or_else(|_| PublicKey::from_pkcs1_pem(&app.public_key))
        .map_err(|_| undecodable())?;
    let hash = Sha256::digest(format!("{header}.{claims}"));
    let signed = key.verify(Pkcs1v15Sign::new::<Sha256>(), &hash, &signature);
    if head["alg"] != "RS256" || signed.is_err() {
        return Err(undecodable());
    }
    in_time(world.now.as_second(), &claims_read)?;
    Ok(app.id)
}

/// A number, or the same as text.
fn issuer(claims: &Value) -> Option<Id> {
    let issuer = claims.get("iss")?;
    issuer.as_u64().or_else(|| issuer.as_str()?.parse().ok())
}

fn in_time(now: i64, claims: &Value) -> Result<(), Answer> {
    let at = |name: &str| claims.get(name).and_then(Value::as_i64);
    let (Some(issued), Some(expires)) = (at("iat"), at("exp")) else {
        return Err(refusal(401, "Missing 'issued at' claim ('iat') in assertion"));
    };
    if expires <= now {
        return Err(refusal(
            401,
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
        ));
    }
    if expires - now.min(issued) > LONGEST {
        return Err(refusal(401, "'Expiration time' claim ('exp') is too far in the future"));
    }
    if issued > now + 60 {
        return Err(refusal(
            401,
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
        ));
    }
    Ok(())
}
