"""Names to draw customers from. Nobody real is meant; every address is under example.com."""

FIRST = (
    "Adela Alba Alejandra Álvaro Amparo Andrea Andreu Ángel Antonia Arturo Beatriz Berta Bruno Carla Carles Celia "
    "César Cristina Cruz Dolores Eduardo Elisa Emilio Empar Encarna Esteban Eva Félix Fina Gabriel Gloria Guillem "
    "Héctor Helena Isabel Iván Jaume Joan Jorge Josefa Juana Julián Laia Leandro Leonor Lidia Lluís Lorena Lucas "
    "Luisa Manel Manuela Marcelo Margarita Martín Matilde Mercedes Miguel Nerea Nicolás Olga Óscar Paco Pascual "
    "Patricia Pau Pedro Raquel Remedios Roberto Rocío Rubén Salvador Samuel Sandra Sergio Silvia Tomás Toni "
    "Úrsula Vera Víctor Yolanda"
).split()
LAST = (
    "Alandes Alborch Almela Aranda Badia Baixauli Ballester Belda Benavent Borrás Bosch Calatayud Calvet Camps "
    "Cárcel Castelló Cebrián Chova Císcar Codina Corell Cuenca Domènech Escrivà Espí Estellés Fabra Ferrando "
    "Folgado Fontana Gallart Garrido Gil Gimeno Giner Gómez Grau Guardiola Herrero Ibáñez Iborra Jordán Lacasa "
    "Lleó Lorente Luján Llopis Mahiques Marín Martorell Mas Mateu Meseguer Mira Molins Monleón Montesinos Morell "
    "Moya Navarro Oliver Orts Pallarés Palop Pascual Pastor Peiró Pons Prats Puchades Quiles Raga Redondo Ribera "
    "Roca Rodrigo Ros Sabater Sala Salvá Sancho Sanz Segarra Senent Serra Sirera Solbes Soler Tarín Tormo Torres "
    "Valls Verdú Vidal Vives"
).split()
FIRST_ABROAD = (
    "Alice Amelia Anna Ben Bernd Camille Charlotte Chloe Claire Daniel Elin Emma Eric Fiona Frank George Greta "
    "Hannah Harry Hugo Ingrid Isla Jack James Jonas Julia Karin Kate Lars Laura Leon Lotte Lucy Mark Marie Martin "
    "Mia Nils Nina Oliver Olivia Paul Peter Rachel Robin Rosa Sam Sophie Stefan Tessa Theo Thomas Tom Ulla "
    "Victoria William Yara"
).split()
LAST_ABROAD = (
    "Adams Andersen Baker Becker Bell Berger Bennett Bianchi Brandt Byrne Carter Clarke Collins Conti Cooper "
    "Dubois Evans Fischer Fraser Gallagher Hansen Hartley Hill Hughes Jansen Keller Kowalski Lambert Larsen Lewis "
    "Lindgren Maier Marchetti Martin Meyer Moreau Morgan Murphy Nielsen Novak Olsen Palmer Parker Petit Quinn "
    "Reid Roberts Rossi Roux Schmidt Shaw Smit Svensson Turner Visser Vogel Walsh Weber Wood Wright"
).split()
