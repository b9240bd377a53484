use super::common::*;
fn mem(k:&str)->String{ std::fs::read_to_string("/proc/self/status").unwrap().lines().find(|l|l.starts_with(k)).unwrap().to_owned() }
#[test]
fn perf() {
    let (z, r) = (100, 1000);
    let mut c = Case::new();
    for i in 0..z { let zn=format!("z{i:04}"); c.zone(&zn);
      for j in 0..r { c.record(&zn, &format!("name{j:05}/A"), 300); } }
    eprintln!("wishes {}", mem("VmRSS"));
    #[allow(clippy::disallowed_methods)]
    let t=std::time::Instant::now();
    let p=c.plan(); eprintln!("create {:?} {} {}", t.elapsed(), p.changes.len(), mem("VmHWM"));
    let t=std::time::Instant::now(); for x in &p.changes { std::hint::black_box(x.recompute_digest().unwrap()); } eprintln!("effects {:?}", t.elapsed());
    let t=std::time::Instant::now(); let mut n=0; for x in &p.changes { n+=serde_json::to_vec(x).unwrap().len(); } eprintln!("json {:?} {n}", t.elapsed());
    let t=std::time::Instant::now(); std::hint::black_box(p.recompute_digest().unwrap()); eprintln!("plan digest {:?} {}", t.elapsed(), mem("VmHWM"));
    drop(p);
    // world
    for i in 0..z { let id_=format!("Z{i}"); let zn=format!("z{i:04}");
      c.observation.objects.push(aplomo_core::Observed{type_name:ZONE,scope:account(),id:id(&id_),key:Some(zn.as_str().into()),mark:Case::mark(&zone_address(&zn)),created_by:None,fields:[(aplomo_core::FieldPath::known("/name"),aplomo_core::Sight::Value(zn.as_str().into()))].into_iter().collect(),outputs:Default::default(),brought_along:false,raw:None});
      for j in 0..r { let n=format!("name{j:05}"); let k=format!("{n}/A");
       c.observation.objects.push(aplomo_core::Observed{type_name:RECORD,scope:account().within(id(&id_)),id:id(&k),key:Some(k.as_str().into()),mark:Default::default(),created_by:None,fields:[(aplomo_core::FieldPath::known("/name"),aplomo_core::Sight::Value(n.as_str().into())),(aplomo_core::FieldPath::known("/type"),aplomo_core::Sight::Value("A".into())),(aplomo_core::FieldPath::known("/ttl"),aplomo_core::Sight::Value(300.into()))].into_iter().collect(),outputs:Default::default(),brought_along:false,raw:None});
      let a=record_address(&zn,&k); let w=&c.desired.resources[&a]; let mut s=account().within(id(&id_)); s.container_of=Some(zone_address(&zn));
      c.memory.ledger.insert(a.clone(), aplomo_core::ledger::LedgerEntry{type_name:RECORD,scope:s,id:id(&k),key:Some(k.as_str().into()),applied:w.wanted.clone(),resolved:Default::default(),source:SOURCE,commit:None,version:"1".into(),run:None,at:now(),brought_along:false,until:None});
      } }
    c.cover();
    eprintln!("world {}", mem("VmRSS"));
    #[allow(clippy::disallowed_methods)]
    let t=std::time::Instant::now();
    let p=c.plan(); eprintln!("noop {:?} {} {}", t.elapsed(), p.changes.len(), mem("VmHWM"));
    c.memory.ledger.clear();
    let t=std::time::Instant::now();
    let p=c.plan(); eprintln!("noop, no ledger {:?} {} {}", t.elapsed(), p.changes.len(), mem("VmHWM"));
}
