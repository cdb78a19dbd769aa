//! Names as they occur together: a culture's given names go with its own family names, in its own script.
//!
//! Where a name is not written in Latin letters, what stands behind `=` is how an address spells it.

use model::text::fold;

/// How the family name is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One family name.
    One,
    /// Now and then two, with a hyphen.
    Hyphenated,
    /// Father's and mother's.
    Both,
    /// Often none at all.
    Single,
}

/// A name and how an address spells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) name: &'static str,
    pub(super) roman: String,
}

/// The names of one culture (of one gender where family names have one).
#[derive(Debug)]
pub(super) struct Names {
    pub(super) shape: Shape,
    pub(super) given: Vec<Written>,
    pub(super) family: Vec<Written>,
}

/// Every culture, with how often it occurs in relation to the others.
pub(super) fn cultures() -> Vec<(u64, Names)> {
    CULTURES
        .iter()
        .map(|&(weight, shape, given, family)| (weight, Names { shape, given: read(given), family: read(family) }))
        .collect()
}

/// Full names that test a layout, as given and family name.
pub(super) fn remarkable() -> Vec<(Written, Written)> {
    REMARKABLE.iter().map(|(given, family)| (written(given), written(family))).collect()
}

fn read(list: &'static str) -> Vec<Written> {
    list.split(", ").map(written).collect()
}

fn written(entry: &'static str) -> Written {
    let (name, roman) = entry.split_once('=').unwrap_or((entry, entry));
    Written { name, roman: romanize(roman) }
}

/// The letters of a name that an address takes.
fn romanize(name: &str) -> String {
    let mut roman = String::with_capacity(name.len());
    for c in fold(name).chars() {
        match c {
            c if c.is_ascii_alphanumeric() => roman.push(c),
            'þ' => roman.push_str("th"),
            'ð' => roman.push('d'),
            'ə' => roman.push('a'),
            _ => {}
        }
    }
    roman
}

type Culture = (u64, Shape, &'static str, &'static str);

#[rustfmt::skip]
const CULTURES: &[Culture] = &[
    // English
    (14, Shape::Hyphenated,
        "Ada, Alan, Amelia, Barbara, Charles, Charlotte, Claire, Daniel, Dorothy, Edith, Edward, Eleanor, Elizabeth, \
         Emily, Frances, George, Grace, Hannah, Harriet, Hazel, Henry, Isaac, Jack, James, Jane, John, Joseph, Julia, \
         Katherine, Laura, Lewis, Lucy, Margaret, Mary-Jane, Matthew, Michael, Nathan, Oliver, Oscar, Peter, Philip, \
         Rachel, Robert, Rose, Ruth, Samuel, Sarah-Louise, Sophie, Thomas, Victoria, Walter, William, Zoe",
        "Adams, Allen, Anderson, Atkinson, Bailey, Baker, Barnes, Bennett, Booth, Brooks, Campbell, Carter, Chapman, \
         Clarke, Collins, Cooper, Davies, Dixon, Edwards, Ellis, Evans, Fisher, Foster, Graham, Green, Hall, Harrison, \
         Hopper, Hughes, Jackson, Johnson, Kelly, King, Lovelace, Marshall, Mason, Mitchell, Moore, Murray, Palmer, \
         Parker, Pearson, Price, Reynolds, Roberts, Shaw, Simpson, Smith, Stevens, Taylor, Thompson, Turner, Walker, \
         Watson, Wilkinson, Wright, Young"),
    // Irish, Scottish and Welsh
    (4, Shape::One,
        "Aoife, Bríd, Caoimhe, Ciarán, Conor, Darragh, Dáithí, Eilidh, Eoin, Fionnuala, Gráinne, Gwenllian, Iain, \
         Llewellyn, Máire, Niamh, Órla, Pádraig, Rhiannon, Róisín, Ruairí, Saoirse, Seán, Siobhán, Sorcha, Tadhg",
        "Brennan, Byrne, Ó Briain, Ó Súilleabháin, Doyle, Fitzgerald, Gallagher, Llwyd, MacDonald, MacLeod, McCarthy, \
         McGuinness, Ní Chonaill, Nolan, O'Brien, O'Connor, O'Donnell, O'Neill, O'Sullivan, Prydderch, Quinn, Ryan, \
         Stewart, Sweeney, Walsh"),
    // German, Austrian and Swiss
    (9, Shape::Hyphenated,
        "Änne, Anke, Anneliese, Benedikt, Birgit, Björn, Carl-Friedrich, Christa, Dörte, Eberhard, Emmy, Erika, \
         Florian, Franz-Josef, Gerlinde, Götz, Günther, Hannelore, Heike, Heinz, Ingeborg, Jörg, Jürgen, Käthe, Klaus, \
         Konrad, Lieselotte, Lukas, Margarethe, Marie-Luise, Matthias, Mechthild, Moritz, Nele, Rüdiger, Sören, \
         Theodor, Tobias, Ulrike, Ursula, Uwe, Waltraud, Wolfgang, Yannick",
        "Bäcker, Bauer, Baumgärtner, Becker, Brandstätter, Brückner, Eßer, Fischer, Fuchs, Großmann, Günther, Hübner, \
         Jäger, Kästner, Keller, Klüger, Köhler, König, Krüger, Küng, Lehmann, Löffler, Möller, Müller, Neumann, \
         Nüsslein-Volhard, Noether, Pfeiffer, Riemenschneider, Rößler, Schäfer, Schmidt, Schneider, Schröder, \
         Schulze, Stürmer, Thürmer, van Beethoven, von Bülow, von der Heyde, Vögeli, Wagner, Weiß, Zöllner, Zürcher"),
    // French
    (7, Shape::Hyphenated,
        "Adélaïde, Aimée, Amélie, André, Anaïs, Anne-Sophie, Aurélien, Bénédicte, Benoît, Céline, Chloé, Clémence, \
         Édouard, Élodie, Émilie, Étienne, Eugène, François, Françoise, Frédéric, Geneviève, Gérard, Hélène, \
         Jean-Baptiste, Jean-Pierre, Jérôme, Joséphine, Joël, Laëtitia, Léa, Loïc, Maëlle, Marie-Thérèse, Mathéo, \
         Noémie, Océane, Raphaël, Rémi, Sébastien, Solène, Stéphane, Thérèse, Valérie, Zoé",
        "Arnaud, Beauséjour, Bélanger, Bérénger, Blanchet, Boisvert, Bonnet, Carré, Châtelet, Chevallier, D'Alembert, \
         de La Tour, Delacroix, Desrosiers, Dubois, Duchâteau, Dupont, Faure, Fontaine, Fournier, Gagné, Gauthier, \
         Germain, Girard, Hébert, L'Hôpital, Laplace, Lefèvre, Lemaître, Léger, Mercier, Moreau, N'Diaye, Noël, \
         Pélissier, Poincaré, Renaud, Rousseau, Saint-Exupéry, Tremblay, Vidal, Villeneuve"),
    // Spanish
    (7, Shape::Both,
        "Adrián, Alejandra, Álvaro, Ángela, Begoña, Camila, Carmen, Concepción, Cristóbal, Diego, Dolores, Elías, \
         Esperanza, Fernando, Gabriela, Guadalupe, Héctor, Inés, Íñigo, Javier, Jesús, Jimena, Joaquín, José Luis, \
         Lucía, Macarena, Manuel, María José, Martín, Mónica, Nicolás, Núria, Óscar, Paloma, Raúl, Rocío, Sofía, \
         Tomás, Ximena, Yolanda",
        "Álvarez, Ávila, Bermúdez, Caballero, Calderón, Castañeda, Córdoba, Cortés, de la Cruz, del Río, Domínguez, \
         Echeverría, Fernández, García, Gómez, González, Gutiérrez, Hernández, Ibáñez, Jiménez, López, Márquez, \
         Martínez, Méndez, Montañés, Muñoz, Núñez, Ordóñez, Ortega, Peña, Pérez, Quiñones, Ramírez, Ríos, Rodríguez, \
         Ruiz, Sánchez, Vargas, Vásquez, Zúñiga"),
    // Portuguese
    (5, Shape::Both,
        "Afonso, Ana Beatriz, Antônio, Benedita, Caetano, Cecília, Conceição, Débora, Duarte, Estêvão, Fátima, \
         Flávio, Gonçalo, Graça, Heloísa, Inês, João, João Pedro, Joaquim, Letícia, Lívia, Lourenço, Luís, Márcia, \
         Maria do Carmo, Mateus, Natália, Otávio, Patrícia, Renato, Rosângela, Sebastião, Simão, Tainá, Thaís, \
         Vânia, Vitória",
        "Abrantes, Almeida, Araújo, Assunção, Azevedo, Barbosa, Brandão, Camões, Cardoso, Carvalho, Conceição, Costa, \
         da Silva, de Souza, dos Santos, Esteves, Falcão, Ferreira, Figueirêdo, Fonseca, Guimarães, Leitão, Lourenço, \
         Magalhães, Mendonça, Moura, Negrão, Nóbrega, Oliveira, Pereira, Queirós, Ribeiro, Simões, Teixeira, \
         Vasconcelos, Xavier"),
    // Italian
    (4, Shape::One,
        "Alessandra, Andrea, Beatrice, Bruno, Caterina, Chiara, Cosimo, Davide, Donatella, Elisabetta, Enrico, \
         Fabrizio, Federica, Gian Luca, Giovanna, Giuseppe, Ilaria, Lorenzo, Ludovica, Maria Gaetana, Matteo, \
         Niccolò, Noè, Ottavia, Paolo, Rita, Rosalìa, Salvatore, Simone, Tommaso, Vittoria",
        "Agnesi, Bianchi, Cabrini, Colombo, Conti, D'Agostino, D'Angelo, Dall'Oglio, De Luca, De Santis, Dell'Acqua, \
         Esposito, Fermi, Ferrari, Galilei, Gallo, Giordano, Lo Monaco, Marchetti, Montalcini, Montanari, Morandini, \
         Moretti, Nardò, Pellegrini, Ricci, Rinaldi, Romano, Rossi, Russo, Santangelo, Volta, Zuccalà"),
    // Dutch and Flemish
    (3, Shape::One,
        "Aafke, Anneke, Bart, Corneel, Daan, Femke, Gerrit, Hendrik, Ilse, Jan-Willem, Joëlle, Katrijn, Lieke, \
         Maarten, Marijke, Noortje, Pieter, Renée, Sanne, Thijs, Veerle, Wouter, Zoë",
        "Aerts, Bakker, Claes, de Boer, de Jong, De Smet, Dijkstra, Hoekstra, Huygens, IJzerman, Jansen, Meijer, \
         Mulder, Peeters, Smit, ter Horst, van 't Hoff, van den Berg, van der Meer, Van de Velde, van Dijk, \
         van Leeuwenhoek, Vermeulen, Visser, Wouters"),
    // Nordic
    (5, Shape::One,
        "Åke, Anders, Ane, Åsa, Åse-Marie, Astrid, Bjørn, Brynhildur, Dagný, Eero, Einar, Elín, Freja, Frøydis, \
         Guðrún, Gunnhild, Håkon, Helle, Ingrid, Jóhanna, Jón, Jørgen, Kåre, Kjærsti, Lærke, Linnéa, Liisa, Magnús, \
         Maja, Märta, Ólöf, Øyvind, Päivi, Ragnheiður, Sigríður, Signe, Søren, Solveig, Sölvi, Torbjörn, Þóra, \
         Þórður, Väinö, Vigdís",
        "Åberg, Ångström, Bærum, Berglund, Björnsdóttir, Bondevik, Dæhlie, Ekström, Finnbogadóttir, Grønlund, \
         Guðmundsdóttir, Håkansson, Hämäläinen, Høiby, Jónsdóttir, Kjærgaard, Koskinen, Lindström, Løvenskiold, \
         Mäkinen, Mikkelsen, Nørgaard, Nyström, Öberg, Ødegård, Ørsted, Østergaard, Rasmussen, Sæther, Sandström, \
         Sjöberg, Sørensen, Strömqvist, Virtanen, Þorláksdóttir"),
    // Polish
    (2, Shape::Hyphenated,
        "Agnieszka, Bożena, Czesława, Elżbieta, Grażyna, Halina, Jadwiga, Joanna, Katarzyna, Łucja, Małgorzata, \
         Maria, Róża, Stanisława, Wisława, Żaneta, Zofia",
        "Adamczyk, Błaszczykowska, Brzęczyszczykiewicz, Dąbrowska, Górska, Jabłońska, Jędrzejczyk, Kowalska, \
         Kwiatkowska, Łukasiewicz, Mazurek, Nowak, Skłodowska, Ślusarczyk, Szymborska, Wiśniewska, Wójcik, Zając, \
         Żółkowska"),
    (2, Shape::One,
        "Andrzej, Bogusław, Bolesław, Czesław, Grzegorz, Jarosław, Jerzy, Józef, Kazimierz, Łukasz, Marian, Mikołaj, \
         Paweł, Przemysław, Stanisław, Wojciech, Zbigniew",
        "Banach, Chrząszczewski, Dąbrowski, Głowacki, Jabłoński, Kamiński, Kopernik, Kowalski, Leśniak, Łoś, \
         Michałowski, Mrożek, Ostrowski, Rejewski, Sierpiński, Szczepański, Tarski, Ulam, Wałęsa, Wiśniewski, Zieliński"),
    // Czech, Slovak and Hungarian
    (2, Shape::One,
        "Alžběta, Anežka, Božena, Dáša, Eliška, Jiřina, Kateřina, Květoslava, Ľudmila, Markéta, Naděžda, Růžena, \
         Šárka, Vendula, Zdeňka, Žofia",
        "Dvořáková, Dvořáčková, Hájková, Jelínková, Krejčí, Kučerová, Malá, Němcová, Novotná, Ondráčková, Pospíšilová, \
         Příhodová, Růžičková, Svobodová, Šťastná, Veselá, Vlčková, Žáková"),
    (3, Shape::One,
        "Ágnes, András, Balázs, Bence, Csaba, Dezső, Dušan, Erzsébet, Ferenc, Gábor, György, Jiří, Jolán, Lőrinc, \
         Ľuboš, Márton, Miloš, Ondřej, Pál, Rózsa, Šimon, Szabolcs, Václav, Zdeněk, Zsófia, Zsuzsanna",
        "Bartók, Bolyai, Čapek, Černý, Dvořák, Erdős, Fekete, Gödel, Hašek, Horváth, Jánošík, Kadlec, Kőszegi, Lakatos, \
         Nagy, Neumann, Novák, Ötvös, Péter, Rényi, Říha, Šafařík, Szabó, Szőke, Tóth, Turán, Vörös, Zámečník"),
    // Balkans and Romania
    (3, Shape::One,
        "Adrijana, Anđela, Bogdan, Boško, Čedomir, Dragoș, Đorđe, Đurđica, Ecaterina, Elena, Goran, Ilinca, Ivana, \
         Jovan, Ljubiša, Mihaela, Mihajlo, Milica, Nataša, Nikola, Ștefan, Snežana, Ștefania, Tudor, Vesna, Živko",
        "Anđelković, Babić, Bălan, Brâncuși, Čović, Đokić, Dumitrescu, Filipović, Hadžić, Ionescu, Jovanović, Kovačević, \
         Lazăr, Marić, Milanković, Munteanu, Njegoš, Petrović, Popescu, Prešeren, Pupin, Rădulescu, Ružić, Șerban, \
         Stanković, Tesla, Țiriac, Vuković, Žižek"),
    // Turkish and Azerbaijani
    (4, Shape::One,
        "Ahmet, Aslı, Ayşe, Aytən, Barış, Cahit, Çağla, Çiğdem, Doğan, Ebru, Elif, Emine, Gül, Gülşen, Hüseyin, İbrahim, \
         İpek, Kərim, Mehmet, Nazım, Ömer, Özlem, Pınar, Rəşad, Şebnem, Şükrü, Sevgi, Tuğba, Uğur, Ümit, Yağmur, Zeynep",
        "Akçay, Aydın, Bozkurt, Çelik, Çetin, Demir, Doğan, Erdoğdu, Əliyev, Güneş, Güven, İnönü, Kılıç, Köse, Koç, \
         Məmmədov, Öztürk, Özdemir, Pamuk, Şahin, Şimşek, Tanrıkulu, Uçar, Yalçın, Yıldırım, Yılmaz, Yücel"),
    // Vietnamese
    (6, Shape::One,
        "An, Anh Tuấn, Bảo Châu, Bích Ngọc, Cẩm Tú, Chí Dũng, Diễm Quỳnh, Đình Phong, Đức, Gia Huy, Hạnh, Hoàng Long, \
         Hồng Nhung, Hữu Nghĩa, Khánh Linh, Kiều Trang, Lan Hương, Mai, Minh Đức, Mỹ Duyên, Ngọc Ánh, Như Quỳnh, \
         Phương Thảo, Quang Hải, Quốc Việt, Thanh Tùng, Thị Mai, Thu Hà, Thùy Dương, Tường Vy, Văn Hùng, Xuân Trường, Yến",
        "Bùi, Chu, Cao, Đặng, Đinh, Đỗ, Dương, Hà, Hồ, Hoàng, Huỳnh, Lâm, Lê, Lý, Mai, Ngô, Nguyễn, Phạm, Phan, Phùng, \
         Quách, Tạ, Thái, Tô, Tôn Thất, Trần, Trịnh, Trương, Võ, Vũ"),
    // Arabic
    (6, Shape::One,
        "أحمد=ahmad, آمنة=amina, إبراهيم=ibrahim, أمل=amal, أيمن=ayman, بسمة=basma, جمال=jamal, حسن=hasan, خالد=khalid, \
         خديجة=khadija, دعاء=duaa, رانيا=rania, زينب=zaynab, سلمى=salma, سعيد=said, سمير=samir, شيماء=shaymaa, \
         طارق=tariq, عائشة=aisha, عبد الرحمن=abdalrahman, عبد الله=abdullah, عمر=omar, فاطمة=fatima, فريدة=farida, \
         كريم=karim, ليلى=layla, ماجد=majid, محمد=mohammed, مريم=maryam, منى=mona, نجيب=naguib, نور الهدى=nouralhuda, \
         هالة=hala, هشام=hisham, وفاء=wafaa, ياسمين=yasmin, يوسف=youssef",
        "أبو زيد=abuzaid, البغدادي=albaghdadi, البيروني=albiruni, التونسي=altunisi, الجزائري=aljazairi, الحسيني=alhusseini, \
         الخوارزمي=alkhwarizmi, الخطيب=alkhatib, الدمشقي=aldimashqi, الرازي=alrazi, الزهراوي=alzahrawi, السعيد=alsaid, \
         الشامي=alshami, الصباح=alsabah, العلي=alali, الغزالي=alghazali, الفارابي=alfarabi, القاسم=alqasim, \
         الكندي=alkindi, المصري=almasri, المغربي=almaghribi, النجار=alnajjar, الهاشمي=alhashimi, بن علي=binali, \
         بن سينا=binsina, جبران=gibran, حداد=haddad, خليفة=khalifa, زويل=zewail, محفوظ=mahfouz, منصور=mansour"),
    // Hebrew
    (4, Shape::One,
        "אביגיל=avigail, אברהם=avraham, איתמר=itamar, אלעזר=elazar, אסתר=esther, בועז=boaz, גלעד=gilad, דבורה=dvora, \
         דוד=david, הדס=hadas, זאב=zeev, חנה=hannah, טל=tal, יעל=yael, יהודה=yehuda, יונתן=yonatan, כרמית=carmit, \
         ליאור=lior, מיכל=michal, מרים=miriam, נועה=noa, נעמי=naomi, עדה=ada, עמוס=amos, צבי=zvi, רבקה=rivka, \
         רות=ruth, שירה=shira, שלמה=shlomo, תמר=tamar",
        "אגמון=agmon, אלתרמן=alterman, בן־דוד=bendavid, בן־יהודה=benyehuda, ברקת=barkat, גולדברג=goldberg, דיין=dayan, \
         הכהן=hacohen, ויצמן=weizmann, חזן=hazan, יונת=yonath, כהן=cohen, לוי=levi, מזרחי=mizrahi, נחמני=nachmani, \
         סגל=segal, עוז=oz, פרידמן=friedman, פרץ=peretz, צדוק=zadok, קפלן=kaplan, רבינוביץ=rabinovich, שגב=segev, \
         שפירא=shapira, תבור=tavor"),
    // Persian and Urdu
    (4, Shape::One,
        "آرش=arash, آناهیتا=anahita, امیر=amir, بهرام=bahram, پروین=parvin, پریسا=parisa, ثنا=sana, جاوید=javed, \
         داریوش=dariush, روشن=roshan, زهرا=zahra, ژاله=jaleh, ستاره=setareh, سهراب=sohrab, شیرین=shirin, عمران=imran, \
         فرهاد=farhad, فروغ=forough, کاوه=kaveh, گلنار=golnar, لاله=laleh, مهدی=mehdi, مینا=mina, نادیه=nadia, \
         نرگس=narges, هوشنگ=houshang",
        "احمدی=ahmadi, اکبری=akbari, بٹ=butt, تهرانی=tehrani, جعفری=jafari, چودھری=chaudhry, حسینی=hosseini, \
         خیام=khayyam, رحیمی=rahimi, رضایی=rezaei, سعدی=saadi, شیرازی=shirazi, صدیقی=siddiqui, طوسی=tusi, عابدی=abedi, \
         فرخزاد=farrokhzad, قریشی=qureshi, کریمی=karimi, گیلانی=gilani, محمدی=mohammadi, میرزاخانی=mirzakhani, \
         ہاشمی=hashmi, یزدانی=yazdani"),
    // Greek
    (2, Shape::One,
        "Αγγελική=angeliki, Αικατερίνη=aikaterini, Άννα=anna, Βασιλική=vasiliki, Γεωργία=georgia, Δήμητρα=dimitra, \
         Ελένη=eleni, Ευαγγελία=evangelia, Ζωή=zoi, Ηλέκτρα=ilektra, Θεοδώρα=theodora, Ιωάννα=ioanna, Καλλιόπη=kalliopi, \
         Μαρία=maria, Ξένια=xenia, Σοφία=sofia, Υπατία=ypatia, Χριστίνα=christina",
        "Αγγελοπούλου=angelopoulou, Βλάχου=vlachou, Γεωργίου=georgiou, Δημητρίου=dimitriou, Ζαχαρίου=zachariou, \
         Θεοδωράκη=theodoraki, Ιωάννου=ioannou, Καραγιάννη=karagianni, Λάμπρου=lamprou, Μερκούρη=merkouri, \
         Νικολαΐδου=nikolaidou, Οικονόμου=oikonomou, Παπαδοπούλου=papadopoulou, Σταυροπούλου=stavropoulou, \
         Χατζηδάκη=chatzidaki, Ψαρρού=psarrou"),
    (2, Shape::One,
        "Αλέξανδρος=alexandros, Αριστοτέλης=aristotelis, Βασίλης=vasilis, Γιάννης=giannis, Γιώργος=giorgos, \
         Δημήτρης=dimitris, Ευκλείδης=efkleidis, Θεόδωρος=theodoros, Κωνσταντίνος=konstantinos, Λεωνίδας=leonidas, \
         Μιχάλης=michalis, Νίκος=nikos, Οδυσσέας=odysseas, Παναγιώτης=panagiotis, Σπύρος=spyros, Χρήστος=christos",
        "Αντετοκούνμπο=antetokounmpo, Βενιζέλος=venizelos, Γεωργιάδης=georgiadis, Ελύτης=elytis, Θεοδωράκης=theodorakis, \
         Καζαντζάκης=kazantzakis, Καραθεοδωρή=karatheodori, Λαμπράκης=lamprakis, Μακρής=makris, Νικολαΐδης=nikolaidis, \
         Ξενάκης=xenakis, Παπαδόπουλος=papadopoulos, Σεφέρης=seferis, Τσιόδρας=tsiodras, Χατζηγεωργίου=chatzigeorgiou"),
    // Russian, Bulgarian and Serbian in Cyrillic
    (3, Shape::One,
        "Александра=aleksandra, Анастасия=anastasia, Анна=anna, Валентина=valentina, Вера=vera, Галина=galina, \
         Дарья=darya, Евгения=evgenia, Екатерина=ekaterina, Жанна=zhanna, Зоя=zoya, Ирина=irina, Ксения=ksenia, \
         Людмила=lyudmila, Марина=marina, Надежда=nadezhda, Ольга=olga, Полина=polina, Светлана=svetlana, Софья=sofya, \
         Татьяна=tatyana, Юлия=yulia",
        "Ахматова=akhmatova, Белова=belova, Васильева=vasilyeva, Волкова=volkova, Голубева=golubeva, Жукова=zhukova, \
         Зайцева=zaytseva, Иванова=ivanova, Ковалевская=kovalevskaya, Кузнецова=kuznetsova, Лебедева=lebedeva, \
         Морозова=morozova, Новикова=novikova, Орлова=orlova, Петрова=petrova, Римская-Корсакова=rimskayakorsakova, \
         Семёнова=semyonova, Соколова=sokolova, Терешкова=tereshkova, Фёдорова=fyodorova, Цветаева=tsvetaeva, \
         Щербакова=shcherbakova"),
    (3, Shape::One,
        "Александр=aleksandr, Алексей=aleksey, Андрей=andrey, Борис=boris, Владимир=vladimir, Георги=georgi, \
         Григорий=grigory, Дмитрий=dmitry, Евгений=evgeny, Иван=ivan, Игорь=igor, Константин=konstantin, Лев=lev, \
         Максим=maksim, Михаил=mikhail, Николай=nikolay, Олег=oleg, Пётр=pyotr, Сергей=sergey, Фёдор=fyodor, \
         Христо=hristo, Юрий=yuri",
        "Баринов=barinov, Ботев=botev, Васильев=vasilyev, Вышнеградский=vyshnegradsky, Гагарин=gagarin, \
         Достоевский=dostoevsky, Ершов=yershov, Жуков=zhukov, Иванов=ivanov, Колмогоров=kolmogorov, Королёв=korolyov, \
         Лобачевский=lobachevsky, Марков=markov, Менделеев=mendeleev, Ньютонов=nyutonov, Петров=petrov, \
         Римский-Корсаков=rimskykorsakov, Сахаров=sakharov, Толстой=tolstoy, Чебышёв=chebyshyov, Яковлев=yakovlev"),
    // Ukrainian
    (3, Shape::One,
        "Андрій=andrii, Богдан=bohdan, В'ячеслав=viacheslav, Ганна=hanna, Дар'я=daria, Євген=yevhen, Зоряна=zoriana, \
         Ігор=ihor, Ірина=iryna, Катерина=kateryna, Леся=lesia, Любов=liubov, Мар'яна=mariana, Микола=mykola, \
         Наталія=nataliia, Оксана=oksana, Олександр=oleksandr, Петро=petro, Соломія=solomiia, Тарас=taras, Юрій=yurii, \
         Ярослава=yaroslava",
        "Бондаренко=bondarenko, Василенко=vasylenko, Вернадський=vernadskyi, Гончар=honchar, Ґедзь=gedz, Довженко=dovzhenko, \
         Єфименко=yefymenko, Заєць=zaiets, Іваненко=ivanenko, Коваленко=kovalenko, Кравчук=kravchuk, Лисенко=lysenko, \
         Мельник=melnyk, Олійник=oliinyk, Павличенко=pavlychenko, Підгірний=pidhirnyi, Сердюк=serdiuk, Ткаченко=tkachenko, \
         Франко=franko, Шевченко=shevchenko, Щур=shchur"),
    // Georgian and Armenian
    (2, Shape::One,
        "ნინო=nino, თამარ=tamar, გიორგი=giorgi, დავით=davit, ქეთევან=ketevan, შოთა=shota, მარიამ=mariam, ლაშა=lasha",
        "აბაშიძე=abashidze, ბერიძე=beridze, გელაშვილი=gelashvili, კაპანაძე=kapanadze, მაისურაძე=maisuradze, \
         რუსთაველი=rustaveli, წიკლაური=tsiklauri, ჯავახიშვილი=javakhishvili"),
    (2, Shape::One,
        "Անահիտ=anahit, Արամ=aram, Գոհար=gohar, Հայկ=hayk, Մարիամ=mariam, Նարեկ=narek, Շուշան=shushan, Տիգրան=tigran",
        "Աբրահամյան=abrahamyan, Գրիգորյան=grigoryan, Խաչատրյան=khachatryan, Հակոբյան=hakobyan, Պետրոսյան=petrosyan, \
         Սարգսյան=sargsyan, Տեր-Ղազարյան=terghazaryan, Օհանյան=ohanyan"),
    // Chinese
    (9, Shape::One,
        "伟=wei, 芳=fang, 秀英=xiuying, 娜=na, 敏=min, 静=jing, 丽华=lihua, 强=qiang, 磊=lei, 军=jun, 洋=yang, 艳=yan, \
         勇=yong, 杰=jie, 娟=juan, 涛=tao, 明哲=mingzhe, 超=chao, 秀兰=xiulan, 霞=xia, 平=ping, 桂英=guiying, 健雄=jianxiong, \
         子涵=zihan, 浩然=haoran, 欣怡=xinyi, 梓萱=zixuan, 俊傑=junjie, 雅婷=yating, 家豪=jiahao, 詩涵=shihan, 志明=zhiming",
        "王=wang, 李=li, 张=zhang, 刘=liu, 陈=chen, 杨=yang, 黄=huang, 赵=zhao, 吴=wu, 周=zhou, 徐=xu, 孙=sun, 马=ma, 朱=zhu, \
         胡=hu, 郭=guo, 何=he, 高=gao, 林=lin, 罗=luo, 郑=zheng, 梁=liang, 谢=xie, 宋=song, 唐=tang, 许=xu, 韩=han, 冯=feng, \
         邓=deng, 曹=cao, 彭=peng, 陳=chen, 張=zhang, 歐陽=ouyang, 司馬=sima, 諸葛=zhuge"),
    // Japanese
    (6, Shape::One,
        "花子=hanako, 太郎=taro, さくら=sakura, 陽菜=hina, 結衣=yui, 美咲=misaki, 葵=aoi, 凛=rin, 蓮=ren, 大翔=hiroto, \
         悠真=yuma, 湊=minato, 翔太=shota, 健一=kenichi, 直樹=naoki, 明日香=asuka, 智子=tomoko, 恵=megumi, 久美子=kumiko, \
         由紀=yuki, 誠=makoto, 剛=tsuyoshi, 隆=takashi, あかり=akari, ひかる=hikaru, ジュン=jun, マリ=mari, 秀樹=hideki",
        "佐藤=sato, 鈴木=suzuki, 高橋=takahashi, 田中=tanaka, 伊藤=ito, 渡辺=watanabe, 渡邊=watanabe, 山本=yamamoto, \
         中村=nakamura, 小林=kobayashi, 加藤=kato, 吉田=yoshida, 山田=yamada, 佐々木=sasaki, 山口=yamaguchi, 松本=matsumoto, \
         井上=inoue, 木村=kimura, 斎藤=saito, 齋藤=saito, 清水=shimizu, 山崎=yamazaki, 湯川=yukawa, 朝永=tomonaga, 岡=oka, \
         長谷川=hasegawa, 五十嵐=igarashi, 勅使河原=teshigawara"),
    // Korean
    (5, Shape::One,
        "민준=minjun, 서연=seoyeon, 지훈=jihun, 수빈=subin, 예은=yeeun, 하준=hajun, 도윤=doyun, 지우=jiwoo, 서준=seojun, \
         하은=haeun, 지민=jimin, 현우=hyunwoo, 유진=yujin, 은지=eunji, 성민=sungmin, 영희=younghee, 철수=chulsoo, 미경=mikyung, \
         동현=donghyun, 보라=bora, 하늘=haneul, 슬기=seulgi, 정숙=jungsook, 경자=kyungja",
        "김=kim, 이=lee, 박=park, 최=choi, 정=jung, 강=kang, 조=cho, 윤=yoon, 장=jang, 임=lim, 한=han, 오=oh, 서=seo, 신=shin, \
         권=kwon, 황=hwang, 안=ahn, 송=song, 류=ryu, 홍=hong, 남궁=namgung, 황보=hwangbo, 선우=sunwoo"),
    // Hindi and Marathi
    (6, Shape::One,
        "आरव=aarav, अदिति=aditi, अमित=amit, अनन्या=ananya, अर्जुन=arjun, आशा=asha, भावना=bhavna, चंद्रशेखर=chandrashekhar, \
         दीपिका=deepika, गौरी=gauri, हरीश=harish, ईशा=isha, जगदीश=jagdish, कविता=kavita, कृष्णा=krishna, लक्ष्मी=lakshmi, \
         मनोज=manoj, मीरा=meera, नेहा=neha, निखिल=nikhil, पूजा=pooja, प्रियंका=priyanka, राहुल=rahul, ऋषि=rishi, रोहिणी=rohini, \
         सत्येंद्र=satyendra, शिवानी=shivani, श्रेया=shreya, सुनीता=sunita, विक्रम=vikram",
        "अग्रवाल=agrawal, आंबेडकर=ambedkar, बनर्जी=banerjee, भारद्वाज=bharadwaj, भट्ट=bhatt, चतुर्वेदी=chaturvedi, चौहान=chauhan, \
         देशपांडे=deshpande, द्विवेदी=dwivedi, गुप्ता=gupta, जोशी=joshi, कपूर=kapoor, कुलकर्णी=kulkarni, मिश्रा=mishra, \
         पांडे=pandey, पटेल=patel, राठौड़=rathore, सक्सेना=saxena, शर्मा=sharma, श्रीवास्तव=srivastava, सिंह=singh, त्रिपाठी=tripathi, \
         वर्मा=verma, यादव=yadav"),
    // Bengali
    (2, Shape::One,
        "অমর্ত্য=amartya, কাদম্বিনী=kadambini, জগদীশ=jagadish, তসলিমা=taslima, নীলাঞ্জনা=nilanjana, রবীন্দ্রনাথ=rabindranath, \
         রোকেয়া=rokeya, সত্যজিৎ=satyajit, সুচিত্রা=suchitra",
        "ইসলাম=islam, গঙ্গোপাধ্যায়=gangopadhyay, ঘোষ=ghosh, চট্টোপাধ্যায়=chattopadhyay, ঠাকুর=thakur, বসু=basu, রহমান=rahman, \
         রায়=ray, সেন=sen, হোসেন=hossain"),
    // Tamil and Telugu
    (2, Shape::Single,
        "அருணா=aruna, இளங்கோ=ilango, கனிமொழி=kanimozhi, கார்த்திக்=karthik, செல்வி=selvi, பாரதி=bharathi, முருகன்=murugan, \
         ராமானுஜன்=ramanujan, வள்ளி=valli",
        "அய்யர்=iyer, கிருஷ்ணமூர்த்தி=krishnamurthy, சுப்பிரமணியன்=subramanian, வெங்கடராமன்=venkataraman"),
    (1, Shape::One,
        "శ్రీనివాస్=srinivas, లక్ష్మి=lakshmi, వెంకటేశ్=venkatesh, సరోజిని=sarojini, అనూష=anusha",
        "రెడ్డి=reddy, నాయుడు=naidu, రావు=rao, చౌదరి=chowdary"),
    // Thai
    (4, Shape::One,
        "กนกวรรณ=kanokwan, กิตติพงษ์=kittipong, จันทร์เพ็ญ=chanpen, ชลธิชา=chonthicha, ณัฐวุฒิ=nattawut, ดวงใจ=duangjai, \
         ธนพล=thanaphon, นภัสสร=napatsorn, ปรียานุช=preeyanuch, พิมพ์ชนก=pimchanok, ภาณุพงศ์=phanuphong, มาลี=malee, \
         วรรณา=wanna, ศิริพร=siriporn, สมชาย=somchai, อภิชาติ=apichart",
        "แก้วมณี=kaewmanee, จิตต์ประเสริฐ=chitprasert, ชัยวัฒน์=chaiwat, ทองดี=thongdee, บุญมา=boonma, ประเสริฐสุวรรณ=prasertsuwan, \
         พงษ์พานิช=phongphanit, รัตนโกสินทร์=rattanakosin, วงศ์สวัสดิ์=wongsawat, ศรีสุข=srisuk, สุวรรณภูมิ=suwannaphum, \
         อยู่วิทยา=yoovidhya"),
    // Ethiopia
    (2, Shape::One,
        "አበበ=abebe, ብርቱካን=birtukan, ደራርቱ=derartu, ኃይሌ=haile, ሕይወት=hiwot, መሠረት=meseret, ሰላማዊት=selamawit, ጥሩነሽ=tirunesh",
        "ቢቂላ=bikila, ዲባባ=dibaba, ገብረሥላሴ=gebreselassie, ደስታ=desta, መንግሥቱ=mengistu, ተስፋዬ=tesfaye, ወልደማርያም=woldemariam"),
    // West, East and Southern Africa
    (6, Shape::One,
        "Abosede, Adébáyọ̀, Akinyi, Akua, Amara, Babajide, Chidi, Chimamanda, Chinwe, Ebelechukwu, Folasadé, Kamau, Kwabena, \
         Lindiwe, Makena, Mandla, Mpho, Ngũgĩ, Nkechi, Nomvula, Ọlábísí, Olúwaṣeun, Sipho, Tendai, Thandiwe, Uchenna, \
         Wanjirũ, Wangari, Yaa, Zawadi",
        "Abubakar, Achebe, Adichie, Afọlábí, Agyeman, Boateng, Dlamini, Ekwensi, Ìdòwú, Kariuki, Maathai, Mbeki, Mensah, \
         Mkhize, Moyo, Mwangi, Ndlovu, Ng'ang'a, Nkosi, Nwachukwu, Nyambura, Odhiambo, Okafor, Okonjo-Iweala, Onyekachi, \
         Oyèlówò, Ṣóyínká, Taiwo, Thiong'o, Wanjala, Xaba"),
    // Indonesia, where one name is enough, and the Pacific
    (5, Shape::Single,
        "Agus, Bambang, Budi, Cahya, Dewi, Dian, Fitriani, Gede, Hartono, Indah, Joko, Kartini, Ketut, Lestari, Made, Nurul, \
         Putri, Ratna, Rizky, Siti, Slamet, Sri, Suharto, Sukarno, Suparman, Tri, Wahyu, Wayan, Yuliana, Kaʻiulani, Leilani, \
         Keahi, Tāmati, Hinewehi",
        "Anggraini, Gunawan, Hidayat, Kusuma, Nasution, Pratama, Purnomo, Santoso, Saputra, Setiawan, Siregar, Susanti, \
         Wibowo, Widodo, Kamehameha, Kealoha, Kekoa, Ngata, Te Kanawa"),
];

#[rustfmt::skip]
const REMARKABLE: &[(&str, &str)] = &[
    ("Pablo Diego José Francisco de Paula Juan Nepomuceno María de los Remedios", "Ruiz y Picasso"),
    ("Maximiliane-Friederike Adelheid Theodora", "von Hohenlohe-Waldenburg-Schillingsfürst"),
    ("Hubert Blaine", "Wolfeschlegelsteinhausenbergerdorff"),
    ("Janice", "Keihanaikukauakahihuliheekahaunaele"),
    ("Llanfairpwllgwyngyll", "ap Gruffudd ap Llywelyn"),
    ("Uvuvwevwevwe Onyetenyevwe", "Ugwemubwem Osas"),
    ("Venkatanarasimharajuvaripeta", "Ramanathaswamy"),
    ("Bo", "Ek"),
    ("Ng", ""),
    ("U", "Thant"),
    ("Plato", ""),
    ("X Æ", "A-Xii"),
    ("Anne-Marie-Christine", "D'Artagnan-O'Hara"),
    ("محمد عبد الرحمن بن أحمد بن يوسف=mohammedabdalrahman", "آل عبد العزيز الهاشمي=alabdalaziz"),
    ("Александра Константиновна=aleksandra", "Преображенская-Вознесенская=preobrazhenskaya"),
    ("ชัยอนันต์ชัยวัฒนา=chaianan", "ณ สงขลาธิเบศร์รัตนพันธุ์=nasongkhla"),
    ("चक्रवर्ती=chakravarti", "राजगोपालाचारी=rajagopalachari"),
    ("Jonkheer Pieter Cornelis", "van Asch van Wijck tot den Ham en Vechten"),
    ("Nguyễn Phúc Hồng Ánh Nhật Thiên Hương", "Công Tằng Tôn Nữ"),
    ("寿限無寿限無五劫の擦り切れ=jugemu", "海砂利水魚=kaijarisuigyo"),
];
