import { compile, decide } from '/work/main/engine/index.ts';
const HEAD='<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="bench">';
function chain(length: number): string {
  const ids = ['s', ...Array.from({ length: length - 2 }, (_, index) => `t${index}`), 'e'];
  const nodes = ids.map((id) => (id === 's' ? '<startEvent id="s"/>' : id === 'e' ? '<endEvent id="e"/>' : `<task id="${id}"/>`)).join('');
  const flows = ids.slice(1).map((id, index) => `<sequenceFlow id="f${index}" sourceRef="${ids[index] ?? ''}" targetRef="${id}"/>`).join('');
  return `${HEAD}<process id="chain" isExecutable="true">${nodes}${flows}</process></definitions>`;
}
const world=async (n:number)=>{const r=await compile(chain(n)); if(!r.ok) throw 1; return {process:r.processes[0]!,processKey:'1',processVersion:1,library:{decision:()=>undefined,form:()=>undefined,process:()=>undefined},zone:'UTC'} as any;};
const worlds=new Map<number,any>(); for(const n of [10,100,1000,10000]) worlds.set(n,await world(n));
const once=(w:any)=>{const r=decide(w,undefined,{type:'create-instance',instanceKey:'1048576',variables:{},at:0,by:{id:'b'}} as any); if(!r.ok) throw 1; return r.events.length;};
const cpu=()=>{const {user,system}=process.cpuUsage();return user+system;};
for(let i=0;i<3;i++) for(const [n,w] of worlds) for(let k=0;k<20000/n;k++) once(w);
const rows=new Map<number,number[]>();
for(let round=0;round<9;round++) for(const [n,w] of worlds){const reps=40000/n; const t=cpu(); for(let k=0;k<reps;k++) once(w); (rows.get(n)??rows.set(n,[]).get(n)!).push((cpu()-t)/(reps*n));}
for(const [n,r] of rows){r.sort((a,b)=>a-b); console.log(n, 'median',r[4]!.toFixed(2),'min',r[0]!.toFixed(2),'max',r[8]!.toFixed(2));}
