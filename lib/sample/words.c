// SPDX-License-Identifier: MIT
#include "sample/words.h"

#define LIST(name, ...)                                                                            \
    static const char *const name##_words[] = {__VA_ARGS__};                                       \
    const struct word_list sample_##name = {name##_words,                                          \
                                            sizeof(name##_words) / sizeof(name##_words[0])};

LIST(men, "Adebayo", "Agastya", "Aleksander", "Amarpreet", "Anesu", "Anthonio", "Balwinder",
     "Bartholomew", "Bogumi\xc5\x82", "Branislav", "Chidiebere", "Chukwuma", "Damarion", "Dariusz",
     "Darnell", "Demetrius", "Deshawn", "Dominykas", "Ebenezer", "Emeka-Jude", "Fiachra", "Folarin",
     "Gurdeep", "Harjinder", "Hristijan", "Ibrahima", "Jaheim", "Jaswinder", "Javontae", "Jermaine",
     "Kacperek", "Karolis", "Kwabena", "Kyrell", "Lamarcus", "Leighton", "Lorcan\xc3\xa9",
     "Makhosi", "Mantas-Lukas", "Marquise", "Mateusz", "Mohammed", "Muhammad", "Nathanael",
     "Nikodem", "Obadiah", "Oluwaseun", "Parminder", "Patryk",
     "Przemys\xc5\x82"
     "aw",
     "Raheem", "Rashaun", "Romaine", "Samir-Ali", "Sebastiaan", "Shaquille",
     "Stanis\xc5\x82"
     "aw",
     "Sukhraj", "Tafadzwa", "Taiwo-Ayo", "Tarique", "Tendekai", "Torquil", "Tremaine", "Tyrell",
     "Uchenna", "Vytautas", "Wojciech", "Xzavier", "Yusufali", "Zachariah", "Zdenek", "Zubairu")

LIST(women, "Adaeze", "Agnieszka", "Alejandra", "Aoibhinn", "Chantelle", "Charmaine", "Chiamaka",
     "Danuta-Maria", "Ekaterina", "Eilidh-Rose", "Fatoumata", "Gabriela-Ana", "Harpreet",
     "Jadwigah", "Kamaljit", "Keziah-Ann", "Lashonda", "Ma\xc5\x82gorzata", "Marisabel", "Navneet",
     "Nomvula", "Oluwadamilola", "Philomena", "Rukhsana", "Shanelle", "Siobh\xc3\xa1n", "Sumaiya",
     "Tanesha", "Thandiwe", "Zeynep-Su")

LIST(families, "Abernethy", "Achterberg", "Adeyemi", "Afolabi", "Agbaje", "Ahmadzai", "Akinfenwa",
     "Alvarenga", "Anand-Kaur", "Asante-Boateng", "Babatunde", "Baczkowski", "Balogun", "Bancroft",
     "Barraclough", "Bielski", "Birchenough", "Blenkinsop", "Bhattacharya", "Brzezi\xc5\x84ski",
     "Chaudhary", "Chikwanha", "Chimutengwende", "Chowdhury", "Cholmondeley", "Coker-Davies",
     "Cumberbatch",
     "D\xc4\x85"
     "browski",
     "Dhaliwal", "Dlamini", "Drakeford", "Dziedzic", "Egwuonwu", "Entwistle", "Featherstonehaugh",
     "Fitzgibbon", "Gallimore", "Ghebreselassie", "Gonsalves", "Grzegorczyk", "Gurung-Rai",
     "Haji-Warsame", "Hargreaves", "Higginbotham", "Hollingworth", "Huddlestone", "Igbinedion",
     "Iwuchukwu", "Jab\xc5\x82o\xc5\x84ski", "Jagielka", "Johannson", "Kalejaiye", "Kandukuri",
     "Kazlauskas", "Kowalczyk", "Kristofferson", "Lewandowski", "Longbottom", "Macpherson",
     "Makwembere", "Manikandan", "Marszalek", "Mbombela", "Mc\x49lroy-Bane", "Mistry-Vaghela",
     "Mukherjee", "Mutasa-Ncube", "Mwangale", "Ndiweni", "Nieuwenhuis", "Nwachukwu",
     "O\xe2\x80\x99"
     "Callaghan",
     "Odhiambo", "Ogunleye", "Okonkwo", "Olszewski", "Onwuachi", "Osei-Bonsu", "Oyelaran",
     "Papadimitriou", "Pemberton", "Petrauskas", "Popescu", "Quansah", "Rajasingham", "Ramanathan",
     "Rasmussen", "Rosenthal", "Rutherglen", "Satterthwaite", "Shittabey", "Sidhu-Johal",
     "Smallbone", "St. Hilaire", "Stankevi\xc4\x8dius", "Sutherby", "Szczepa\xc5\x84ski",
     "Thistlethwaite", "Tomaszewski", "Twumasi", "Udokwu", "Umunnakwe", "Vaitkevicius",
     "Venkatesan", "Wadsworth", "Warburton", "Wi\xc5\x9bniewski", "Winterbourne", "Wolstenholme",
     "Woldemariam", "Xhaferi", "Yaqoob-Shah", "Yeboah", "Zakrzewski", "Zimunya")

LIST(nicknames, "Big Stackz", "Bluebz", "Chopsy", "Dutchie G", "Flexxo", "Ghostie", "Jigz", "Kaylz",
     "Lil Rekz", "Marlz", "Nino Bandz", "Pippsy", "Razorz", "Scoobz", "Skeng T", "Tizzy Mac",
     "Tunez", "Wiggz", "Yungz", "Zeebo")

LIST(streets, "Narborough Road", "Saffron Lane", "Welford Road", "Uppingham Road", "Catmose Street",
     "Melton Road", "Braunstone Gate", "Aylestone Road", "Evington Drive", "Stoughton Drive",
     "Burleys Way", "Abbey Park Road", "Penn Street", "Hungarton Boulevard")

LIST(languages, "Polish", "Somali", "Portuguese", "Romanian", "Gujarati", "Kurdish", "Lithuanian")

LIST(
    notes,
    "Met at the boxing gym on the corner. In good spirits, says the bricklaying taster went well.",
    "Talked through the falling-out with his cousin; he has deleted the group chat for now.",
    "Wants to sit the theory test. We looked at the bus pass form together and filled half of it "
    "in.",
    "Mum joined for the last ten minutes and thanked us for the hamper.",
    "Says he is sleeping badly since the incident by the underpass. Agreed to see the GP on "
    "Thursday.",
    "Went over the prevention plan again: no lifts from the older lads, phone off after eleven.",
    "Showed me the certificate from the barista day. Asked about the forklift course at Meridian.",
    "Quiet today. Ate two breakfasts. Would not be drawn on the weekend but said he stayed "
    "indoors.",
    "Court is on the 14th; he has a suit now. Practised what to say to the duty solicitor.",
    "Worried about the debt to someone he will not name. I explained the safe routes again.",
    "Took him to view the shared house off the ring road. He liked it, the landlord less so.",
    "His nan\xe2\x80\x99s funeral is next week: light touch until then, he knows where to find me.",
    "We wrote the apology letter to the shopkeeper. It took four drafts and he is proud of it.",
    "Asked for mentoring with someone who has \"actually been inside\". Passed on to Kestrel "
    "strand.",
    "Played pool and lost. He opened up about the stabbing outside the chicken shop last spring.",
    "Handed in the blade at the amnesty bin with me standing beside him.",
    "Signed up for the music studio sessions on Tuesdays; first track is about his little sister.",
    "Benefits stopped again: rang the helpline together, 50 minutes on hold, back-dated in full.")

LIST(missed_notes,
     "Knocked three times, curtains twitching, dog barking. Left the purple card under the mat.",
     "Phone went straight to the recorded voice. Sent the usual friendly text with Friday's times.",
     "Waited forty minutes in the window seat of the cafe. No sign and no reply.",
     "Brother answered the door and says he is stopping at his girlfriend's in Thurmaston.",
     "Rang off as soon as I said who was speaking. Will try the youth club on Wednesday.",
     "Turned up an hour after I had gone, according to reception. Rebooked for the morning.")

LIST(summaries, "Keeping to the support plan and attending weekly mentoring.",
     "Looking for construction work; attended the taster day.",
     "Housing move under way, new area agreed with the family.",
     "Health appointment booked; mood lower than last month.",
     "Court date coming up; prepared and expects to attend.",
     "Has cut contact with former associates, by his own account.")

LIST(
    reasons, "Keen on work with his hands and needs somebody alongside him for the first weeks.",
    "Sofa-surfing since the argument at home; at risk of going back to the flat above the bookies.",
    "Would like help to stop smoking skunk before the baby comes in spring.",
    "Left school at fifteen without exams and has asked for English and maths in a small group.",
    "Low mood and flashbacks after the knife injury; has agreed to talking therapy.",
    "Owes three lenders and hides the letters in a shoebox under the stairs.")

LIST(risks, "Do not place him with the Fosse crew; buses 14 and 31 cross a rival area.",
     "No known risk to women staff. Carries injuries to the left hand, avoid heavy lifting.",
     "Meet in daylight and in public for the first two sessions.",
     "Ex-partner lives near the training centre: use the rear entrance on Calder Row.")

LIST(reports,
     "Finished all planned sessions, gained the site safety card and has an interview on Monday.",
     "Attended about half. Good when present; the early starts did not suit him.",
     "Tenancy held for twelve weeks and the arrears plan is running by itself.",
     "Stopped coming after the fourth week and did not answer three letters.")

LIST(feedback, "Arrived early and stayed behind to help stack the chairs.",
     "Struggled to settle, then spent an hour on the mock interview without a break.",
     "Talked about what to do when the old friends call round. Has two plans now.",
     "Quieter than usual. Took the workbook home.")

LIST(evidence,
     "Third missed appointment in a row and seen outside the snooker hall with the old group.",
     "Told the team on the doorstep that he wants nothing to do with it and shut the door.",
     "Named as suspect in the affray by the clock tower on Saturday night.",
     "Posted a clip holding what looks like a machete, since taken down.",
     "Curfew tag strap cut on Sunday evening, found by the canal towpath.")

LIST(decisions,
     "Panel agrees the warning letter first, joint visit if there is no answer in a week.",
     "Not now: his mother is in hospital and he has asked for a fresh appointment himself.",
     "Deferred until the interview on Wednesday gives a clearer picture.",
     "Back in touch and meeting weekly again, so enforcement is set aside.",
     "Action taken and explained to him in plain words; no further trouble since.")

LIST(flags, "Two workers for any visit: older brother was aggressive at the gate in March.",
     "Keep away from the parade of shops by the roundabout, rivals gather there after four.",
     "Large brindle dog loose in the yard, ring first.",
     "Knife found in the sofa at the last home visit, meet in public places only.",
     "Family asked for no uniforms at the house.")

LIST(staff_given, "Bethan", "Callum", "Diane", "Ewan", "Fiona", "Gareth", "Heather", "Ingrid",
     "Joanna", "Kenneth", "Lesley", "Martyn", "Noreen", "Oswin", "Pauline", "Quentin", "Rowena",
     "Stuart", "Tamsin", "Una", "Verity", "Wendell", "Yvette", "Zara")

LIST(staff_family, "Carrow", "Dunmore", "Eastlake", "Fenby", "Garside", "Hallam", "Inskip",
     "Jessop", "Kirkby", "Lofthouse", "Marland", "Norris", "Oakden", "Pickering", "Rudge", "Selby",
     "Tarrant", "Upcott", "Vickers", "Whitlow", "Yardley")
