/** What is wrong with an answer, for people, in both languages. `{min}` and the like are filled in. */
const known: Readonly<Record<string, readonly [id: string, en: string]>> = {
  required: ['Isian ini wajib diisi.', 'This answer is needed.'],
  type: ['Isian ini tidak dapat dibaca. Isi kembali.', 'This answer cannot be read. Fill it in again.'],
  notText: ['Isi dengan teks.', 'Enter text.'],
  notYesNo: ['Jawab ya atau tidak.', 'Answer yes or no.'],
  notNumber: ['Isi dengan angka.', 'Enter a number.'],
  integer: ['Isi dengan angka bulat.', 'Enter a whole number.'],
  decimals: ['Isi dengan paling banyak {digits} angka di belakang koma.', 'Enter at most {digits} digits after the decimal mark.'],
  min: ['Isi dengan angka paling kecil {min}.', 'Enter {min} or more.'],
  max: ['Isi dengan angka paling besar {max}.', 'Enter {max} or less.'],
  minLength: ['Isi dengan paling sedikit {minLength} huruf atau angka.', 'Enter at least {minLength} characters.'],
  maxLength: ['Isi dengan paling banyak {maxLength} huruf atau angka.', 'Enter at most {maxLength} characters.'],
  pattern: ['Bentuk isian ini belum sesuai.', 'This answer is not written as expected.'],
  email: ['Isi dengan alamat surel, misalnya nama@contoh.id.', 'Enter an email address, such as name@example.org.'],
  phone: ['Isi dengan nomor telepon.', 'Enter a telephone number.'],
  notChoice: ['Pilih salah satu pilihan yang tersedia.', 'Choose one of the offered answers.'],
  notDate: ['Isi dengan tanggal yang ada.', 'Enter a date that exists.'],
  notTime: ['Isi dengan jam, misalnya 09:30.', 'Enter a time, such as 09:30.'],
};

export function sentences(code: string, params: Readonly<Record<string, string | number>>): { readonly id: string; readonly en: string } {
  const [id, en] = known[code] ?? known['type'] ?? ['', ''];
  return { id: filled(id, params), en: filled(en, params) };
}

function filled(text: string, params: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (_whole, name: string) => (Object.hasOwn(params, name) ? String(params[name]) : ''));
}
