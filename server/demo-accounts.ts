/** The people of the demo: one for every part that somebody can play. Passwords are not here: see accounts.ts. */
import type { Agency } from './agencies.ts';
import { CITY } from './reader.ts';
import type { Role } from './reader.ts';

export interface Person {
  readonly username: string;
  readonly name: string;
  readonly realm: 'staff' | 'citizen';
  readonly agency?: string;
  readonly roles: readonly Role[];
}

const clerkNames = [
  'Andi Prasetyo',
  'Bu Sulastri',
  'Citra Dewi',
  'Dwi Hartono',
  'Eko Wahyudi',
  'Fitriani',
  'Gunawan',
  'Hesti Lestari',
  'Imam Santoso',
  'Joko Purnomo',
  'Kartika Sari',
  'Lukman Hakim',
  'Murni Handayani',
  'Nanang Setyawan',
  'Oktavia Putri',
  'Purwanto',
];

export function demoPeople(agencies: readonly Agency[]): readonly Person[] {
  const clerks = agencies.map(({ agencyId }, index): Person => {
    const name = clerkNames[index % clerkNames.length] ?? 'Petugas';
    return { username: `petugas.${agencyId}`, name, realm: 'staff', agency: agencyId, roles: ['clerk'] };
  });
  return [
    { username: 'warga', name: 'Siti Rahmawati', realm: 'citizen', roles: [] },
    { username: 'warga2', name: 'Bambang Setiawan', realm: 'citizen', roles: [] },
    ...clerks,
    { username: 'penyelia', name: 'Retno Wulandari', realm: 'staff', agency: 'diskominfo', roles: ['supervisor', 'clerk'] },
    { username: 'analis', name: 'Yoga Pratama', realm: 'staff', agency: 'diskominfo', roles: ['analyst'] },
    // a process is published by its own agency: the building permit belongs to this one
    { username: 'analis.dpmptsp', name: 'Wulan Sari', realm: 'staff', agency: 'dpmptsp', roles: ['analyst'] },
    { username: 'integrator', name: 'Rizky Maulana', realm: 'staff', agency: CITY, roles: ['integrator'] },
    { username: 'operator', name: 'Nur Aini', realm: 'staff', agency: CITY, roles: ['operator'] },
    { username: 'evaluator', name: 'Maya Anggraini', realm: 'staff', agency: CITY, roles: ['evaluator'] },
    { username: 'admin', name: 'Administrator', realm: 'staff', agency: CITY, roles: ['admin'] },
  ];
}
